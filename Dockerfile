# netlab with all that its labs run. In a checkout, or in the folder of the installed package: docker build --tag netlab:0.1.0 .
# For a class on a cluster, for containerlab, CI and editors; docs/export.md says which rights it needs there.

FROM node:20-bookworm-slim AS tools
# What src/sandbox/doctor/tools.ts names, but for the virtual machines of labs on other kernels; a test keeps the two alike.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        apache2-utils \
        bind9-dnsutils \
        conntrack \
        containernetworking-plugins \
        curl \
        dnsmasq-base \
        iproute2 \
        ipset \
        iptables \
        iputils-ping \
        ipvsadm \
        mount \
        nftables \
        nginx-light \
        procps \
        tcpdump \
        util-linux \
    && rm -rf /var/lib/apt/lists/* \
    # A copy has no file capabilities. Where none may be gained the kernel would start no program that has some; a lab's root needs none of them.
    && cp /usr/bin/ping /usr/bin/ping-plain && mv /usr/bin/ping-plain /usr/bin/ping
ENV LANG=C.UTF-8

# For .devcontainer.
FROM tools AS editor
RUN apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/*

FROM node:20-bookworm-slim AS package
WORKDIR /source
COPY . .
# A checkout is built first; the package that npm has installed has no sources, and is as it is to be.
RUN mkdir /package \
    && if [ -d src ]; then npm ci --no-audit --no-fund; else npm pkg delete scripts.prepack; fi \
    && npm pack --pack-destination /package

FROM tools
RUN --mount=type=bind,from=package,source=/package,target=/package \
    npm install --global --no-audit --no-fund /package/netlab-*.tgz && npm cache clean --force
# An ordinary user, by number so that a cluster knows that it is not root: a lab's root is nobody outside of it, and needs no root here.
USER 1000
WORKDIR /home/node
CMD ["bash"]
