#!/bin/sh
# A hundred services, and a list that is read from the top
#
# The commands of netlab's lab many-services, as root on a machine that you can do without:
#   sh many-services.sh             carries out its steps, in order
#   sh many-services.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-many-services.step
# The machine's settings as they were.
settings=/run/netlab-many-services.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 3 ]; then
    iptables -t nat -D KUBE-SEP-YTYD2J7NTT6NIQGE -m comment --comment default/nginx-99 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-YTYD2J7NTT6NIQGE -m comment --comment default/nginx-99 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-CDSUJZ4JZ7F65XW5 -m comment --comment 'default/nginx-99 -> 10.244.0.11:8080' -j KUBE-SEP-YTYD2J7NTT6NIQGE
    iptables -t nat -D KUBE-SVC-CDSUJZ4JZ7F65XW5 -m comment --comment 'default/nginx-99 cluster IP' -m tcp -p tcp -d 10.96.100.99 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-EWYBZP26GED6VAFE -m comment --comment default/nginx-98 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-EWYBZP26GED6VAFE -m comment --comment default/nginx-98 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-NNIICOZUOVU2DVZO -m comment --comment 'default/nginx-98 -> 10.244.0.11:8080' -j KUBE-SEP-EWYBZP26GED6VAFE
    iptables -t nat -D KUBE-SVC-NNIICOZUOVU2DVZO -m comment --comment 'default/nginx-98 cluster IP' -m tcp -p tcp -d 10.96.100.98 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-KTWWLEFZMPXND65V -m comment --comment default/nginx-97 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-KTWWLEFZMPXND65V -m comment --comment default/nginx-97 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-OEG5NSN2NPVVEVIG -m comment --comment 'default/nginx-97 -> 10.244.0.11:8080' -j KUBE-SEP-KTWWLEFZMPXND65V
    iptables -t nat -D KUBE-SVC-OEG5NSN2NPVVEVIG -m comment --comment 'default/nginx-97 cluster IP' -m tcp -p tcp -d 10.96.100.97 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-4ANFVGZJQU6QNYFX -m comment --comment default/nginx-96 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-4ANFVGZJQU6QNYFX -m comment --comment default/nginx-96 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-PWIJNDTWF22GXMES -m comment --comment 'default/nginx-96 -> 10.244.0.11:8080' -j KUBE-SEP-4ANFVGZJQU6QNYFX
    iptables -t nat -D KUBE-SVC-PWIJNDTWF22GXMES -m comment --comment 'default/nginx-96 cluster IP' -m tcp -p tcp -d 10.96.100.96 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-FHFCFWRB4EAWVQ3C -m comment --comment default/nginx-95 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-FHFCFWRB4EAWVQ3C -m comment --comment default/nginx-95 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-TVPENJY3QRGGO7ZM -m comment --comment 'default/nginx-95 -> 10.244.0.11:8080' -j KUBE-SEP-FHFCFWRB4EAWVQ3C
    iptables -t nat -D KUBE-SVC-TVPENJY3QRGGO7ZM -m comment --comment 'default/nginx-95 cluster IP' -m tcp -p tcp -d 10.96.100.95 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-WIGSLM2KQZSXSGOV -m comment --comment default/nginx-94 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-WIGSLM2KQZSXSGOV -m comment --comment default/nginx-94 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-YNC5FH63GJST47YU -m comment --comment 'default/nginx-94 -> 10.244.0.11:8080' -j KUBE-SEP-WIGSLM2KQZSXSGOV
    iptables -t nat -D KUBE-SVC-YNC5FH63GJST47YU -m comment --comment 'default/nginx-94 cluster IP' -m tcp -p tcp -d 10.96.100.94 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-UFWBH6WFSJC45NTN -m comment --comment default/nginx-93 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-UFWBH6WFSJC45NTN -m comment --comment default/nginx-93 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-ESC4OFCMUK3L4M2L -m comment --comment 'default/nginx-93 -> 10.244.0.11:8080' -j KUBE-SEP-UFWBH6WFSJC45NTN
    iptables -t nat -D KUBE-SVC-ESC4OFCMUK3L4M2L -m comment --comment 'default/nginx-93 cluster IP' -m tcp -p tcp -d 10.96.100.93 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-KDJ7VDFJD47OSCFU -m comment --comment default/nginx-92 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-KDJ7VDFJD47OSCFU -m comment --comment default/nginx-92 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-SS52VJ7DOIEQLD3P -m comment --comment 'default/nginx-92 -> 10.244.0.11:8080' -j KUBE-SEP-KDJ7VDFJD47OSCFU
    iptables -t nat -D KUBE-SVC-SS52VJ7DOIEQLD3P -m comment --comment 'default/nginx-92 cluster IP' -m tcp -p tcp -d 10.96.100.92 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-BVTHB2JVAQTQ5SS7 -m comment --comment default/nginx-91 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-BVTHB2JVAQTQ5SS7 -m comment --comment default/nginx-91 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-6DGMXONQZWYRV7S7 -m comment --comment 'default/nginx-91 -> 10.244.0.11:8080' -j KUBE-SEP-BVTHB2JVAQTQ5SS7
    iptables -t nat -D KUBE-SVC-6DGMXONQZWYRV7S7 -m comment --comment 'default/nginx-91 cluster IP' -m tcp -p tcp -d 10.96.100.91 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-LVONSMOFQP2TMCFB -m comment --comment default/nginx-90 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-LVONSMOFQP2TMCFB -m comment --comment default/nginx-90 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-UJWGOSFGPFUCN6VF -m comment --comment 'default/nginx-90 -> 10.244.0.11:8080' -j KUBE-SEP-LVONSMOFQP2TMCFB
    iptables -t nat -D KUBE-SVC-UJWGOSFGPFUCN6VF -m comment --comment 'default/nginx-90 cluster IP' -m tcp -p tcp -d 10.96.100.90 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-KCNQFKHIY33VNMCE -m comment --comment default/nginx-9 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-KCNQFKHIY33VNMCE -m comment --comment default/nginx-9 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-PRMJTXY4N47AOXNM -m comment --comment 'default/nginx-9 -> 10.244.0.11:8080' -j KUBE-SEP-KCNQFKHIY33VNMCE
    iptables -t nat -D KUBE-SVC-PRMJTXY4N47AOXNM -m comment --comment 'default/nginx-9 cluster IP' -m tcp -p tcp -d 10.96.100.9 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-FPHGQ2NQ4OSO6NFX -m comment --comment default/nginx-89 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-FPHGQ2NQ4OSO6NFX -m comment --comment default/nginx-89 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-RHNR37CYZOXQU6D6 -m comment --comment 'default/nginx-89 -> 10.244.0.11:8080' -j KUBE-SEP-FPHGQ2NQ4OSO6NFX
    iptables -t nat -D KUBE-SVC-RHNR37CYZOXQU6D6 -m comment --comment 'default/nginx-89 cluster IP' -m tcp -p tcp -d 10.96.100.89 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-NHFUPUBWKPV52XP5 -m comment --comment default/nginx-88 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-NHFUPUBWKPV52XP5 -m comment --comment default/nginx-88 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-LD37GSULZOGL63IU -m comment --comment 'default/nginx-88 -> 10.244.0.11:8080' -j KUBE-SEP-NHFUPUBWKPV52XP5
    iptables -t nat -D KUBE-SVC-LD37GSULZOGL63IU -m comment --comment 'default/nginx-88 cluster IP' -m tcp -p tcp -d 10.96.100.88 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-S6T6CBPUXUZ5G4SR -m comment --comment default/nginx-87 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-S6T6CBPUXUZ5G4SR -m comment --comment default/nginx-87 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-D5VVA6AZLKSI6QCL -m comment --comment 'default/nginx-87 -> 10.244.0.11:8080' -j KUBE-SEP-S6T6CBPUXUZ5G4SR
    iptables -t nat -D KUBE-SVC-D5VVA6AZLKSI6QCL -m comment --comment 'default/nginx-87 cluster IP' -m tcp -p tcp -d 10.96.100.87 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-6J6CTAFXZF3TJIMV -m comment --comment default/nginx-86 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-6J6CTAFXZF3TJIMV -m comment --comment default/nginx-86 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-GMLMOA4V3ZODNM2H -m comment --comment 'default/nginx-86 -> 10.244.0.11:8080' -j KUBE-SEP-6J6CTAFXZF3TJIMV
    iptables -t nat -D KUBE-SVC-GMLMOA4V3ZODNM2H -m comment --comment 'default/nginx-86 cluster IP' -m tcp -p tcp -d 10.96.100.86 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-OAARDMQNZO6EUIB4 -m comment --comment default/nginx-85 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-OAARDMQNZO6EUIB4 -m comment --comment default/nginx-85 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-ZTNKOZKOX72Z6UEU -m comment --comment 'default/nginx-85 -> 10.244.0.11:8080' -j KUBE-SEP-OAARDMQNZO6EUIB4
    iptables -t nat -D KUBE-SVC-ZTNKOZKOX72Z6UEU -m comment --comment 'default/nginx-85 cluster IP' -m tcp -p tcp -d 10.96.100.85 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-RJK6I5GR3WYAA7AZ -m comment --comment default/nginx-84 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-RJK6I5GR3WYAA7AZ -m comment --comment default/nginx-84 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-6EHF6QLWNLTB6BYR -m comment --comment 'default/nginx-84 -> 10.244.0.11:8080' -j KUBE-SEP-RJK6I5GR3WYAA7AZ
    iptables -t nat -D KUBE-SVC-6EHF6QLWNLTB6BYR -m comment --comment 'default/nginx-84 cluster IP' -m tcp -p tcp -d 10.96.100.84 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-POPPBW4VOTECGVHT -m comment --comment default/nginx-83 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-POPPBW4VOTECGVHT -m comment --comment default/nginx-83 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-JVAQ3T3GSIBFTI4T -m comment --comment 'default/nginx-83 -> 10.244.0.11:8080' -j KUBE-SEP-POPPBW4VOTECGVHT
    iptables -t nat -D KUBE-SVC-JVAQ3T3GSIBFTI4T -m comment --comment 'default/nginx-83 cluster IP' -m tcp -p tcp -d 10.96.100.83 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-NWLVT7H6QWGMXR3D -m comment --comment default/nginx-82 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-NWLVT7H6QWGMXR3D -m comment --comment default/nginx-82 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-QR6IPLLGV7GTOKP5 -m comment --comment 'default/nginx-82 -> 10.244.0.11:8080' -j KUBE-SEP-NWLVT7H6QWGMXR3D
    iptables -t nat -D KUBE-SVC-QR6IPLLGV7GTOKP5 -m comment --comment 'default/nginx-82 cluster IP' -m tcp -p tcp -d 10.96.100.82 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-NVBJKBAU72V2YCCT -m comment --comment default/nginx-81 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-NVBJKBAU72V2YCCT -m comment --comment default/nginx-81 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-PMGRGI5XW367S3XE -m comment --comment 'default/nginx-81 -> 10.244.0.11:8080' -j KUBE-SEP-NVBJKBAU72V2YCCT
    iptables -t nat -D KUBE-SVC-PMGRGI5XW367S3XE -m comment --comment 'default/nginx-81 cluster IP' -m tcp -p tcp -d 10.96.100.81 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-MHEWTVJIWH7FNJRC -m comment --comment default/nginx-80 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-MHEWTVJIWH7FNJRC -m comment --comment default/nginx-80 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-DFNHM54ZZ23Y7HZC -m comment --comment 'default/nginx-80 -> 10.244.0.11:8080' -j KUBE-SEP-MHEWTVJIWH7FNJRC
    iptables -t nat -D KUBE-SVC-DFNHM54ZZ23Y7HZC -m comment --comment 'default/nginx-80 cluster IP' -m tcp -p tcp -d 10.96.100.80 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-5GVCC5DEWJQS6EXS -m comment --comment default/nginx-8 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-5GVCC5DEWJQS6EXS -m comment --comment default/nginx-8 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-A2JBAHQKQUF5QLFN -m comment --comment 'default/nginx-8 -> 10.244.0.11:8080' -j KUBE-SEP-5GVCC5DEWJQS6EXS
    iptables -t nat -D KUBE-SVC-A2JBAHQKQUF5QLFN -m comment --comment 'default/nginx-8 cluster IP' -m tcp -p tcp -d 10.96.100.8 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-BNAJ7ISQLPI2EDHB -m comment --comment default/nginx-79 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-BNAJ7ISQLPI2EDHB -m comment --comment default/nginx-79 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-64NTLME3HM3YGYCQ -m comment --comment 'default/nginx-79 -> 10.244.0.11:8080' -j KUBE-SEP-BNAJ7ISQLPI2EDHB
    iptables -t nat -D KUBE-SVC-64NTLME3HM3YGYCQ -m comment --comment 'default/nginx-79 cluster IP' -m tcp -p tcp -d 10.96.100.79 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-XCMDRX2KUCCHTXL7 -m comment --comment default/nginx-78 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-XCMDRX2KUCCHTXL7 -m comment --comment default/nginx-78 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-CSFYVIESNLJCNTKA -m comment --comment 'default/nginx-78 -> 10.244.0.11:8080' -j KUBE-SEP-XCMDRX2KUCCHTXL7
    iptables -t nat -D KUBE-SVC-CSFYVIESNLJCNTKA -m comment --comment 'default/nginx-78 cluster IP' -m tcp -p tcp -d 10.96.100.78 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-TQSBG6SCYC3DKBIT -m comment --comment default/nginx-77 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-TQSBG6SCYC3DKBIT -m comment --comment default/nginx-77 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-ON7HEHZLWCWWW5W5 -m comment --comment 'default/nginx-77 -> 10.244.0.11:8080' -j KUBE-SEP-TQSBG6SCYC3DKBIT
    iptables -t nat -D KUBE-SVC-ON7HEHZLWCWWW5W5 -m comment --comment 'default/nginx-77 cluster IP' -m tcp -p tcp -d 10.96.100.77 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-FIUWJ5HP4SLGFHHH -m comment --comment default/nginx-76 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-FIUWJ5HP4SLGFHHH -m comment --comment default/nginx-76 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-UTVAFYB3HDSMERHO -m comment --comment 'default/nginx-76 -> 10.244.0.11:8080' -j KUBE-SEP-FIUWJ5HP4SLGFHHH
    iptables -t nat -D KUBE-SVC-UTVAFYB3HDSMERHO -m comment --comment 'default/nginx-76 cluster IP' -m tcp -p tcp -d 10.96.100.76 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-XX5TDRZCFBTKSS7E -m comment --comment default/nginx-75 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-XX5TDRZCFBTKSS7E -m comment --comment default/nginx-75 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-I4YU2VUIQSEZSGEP -m comment --comment 'default/nginx-75 -> 10.244.0.11:8080' -j KUBE-SEP-XX5TDRZCFBTKSS7E
    iptables -t nat -D KUBE-SVC-I4YU2VUIQSEZSGEP -m comment --comment 'default/nginx-75 cluster IP' -m tcp -p tcp -d 10.96.100.75 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-CTVZXJNSUHP4XSBB -m comment --comment default/nginx-74 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-CTVZXJNSUHP4XSBB -m comment --comment default/nginx-74 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-U34JYSJR22L43ZND -m comment --comment 'default/nginx-74 -> 10.244.0.11:8080' -j KUBE-SEP-CTVZXJNSUHP4XSBB
    iptables -t nat -D KUBE-SVC-U34JYSJR22L43ZND -m comment --comment 'default/nginx-74 cluster IP' -m tcp -p tcp -d 10.96.100.74 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-FCQ2R4LA44TEFI2R -m comment --comment default/nginx-73 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-FCQ2R4LA44TEFI2R -m comment --comment default/nginx-73 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-MBSE4DQRFZSIUTKJ -m comment --comment 'default/nginx-73 -> 10.244.0.11:8080' -j KUBE-SEP-FCQ2R4LA44TEFI2R
    iptables -t nat -D KUBE-SVC-MBSE4DQRFZSIUTKJ -m comment --comment 'default/nginx-73 cluster IP' -m tcp -p tcp -d 10.96.100.73 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-H45RWJVI6YM672FM -m comment --comment default/nginx-72 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-H45RWJVI6YM672FM -m comment --comment default/nginx-72 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-BMLJ3NZDRXV237FE -m comment --comment 'default/nginx-72 -> 10.244.0.11:8080' -j KUBE-SEP-H45RWJVI6YM672FM
    iptables -t nat -D KUBE-SVC-BMLJ3NZDRXV237FE -m comment --comment 'default/nginx-72 cluster IP' -m tcp -p tcp -d 10.96.100.72 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-5G5ARENTW2H5ML5M -m comment --comment default/nginx-71 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-5G5ARENTW2H5ML5M -m comment --comment default/nginx-71 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-F5IKUD3V2AZAK6TW -m comment --comment 'default/nginx-71 -> 10.244.0.11:8080' -j KUBE-SEP-5G5ARENTW2H5ML5M
    iptables -t nat -D KUBE-SVC-F5IKUD3V2AZAK6TW -m comment --comment 'default/nginx-71 cluster IP' -m tcp -p tcp -d 10.96.100.71 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-WB2CYCEXFYE22UP7 -m comment --comment default/nginx-70 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-WB2CYCEXFYE22UP7 -m comment --comment default/nginx-70 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-U64BFRK5F6ZM2MWE -m comment --comment 'default/nginx-70 -> 10.244.0.11:8080' -j KUBE-SEP-WB2CYCEXFYE22UP7
    iptables -t nat -D KUBE-SVC-U64BFRK5F6ZM2MWE -m comment --comment 'default/nginx-70 cluster IP' -m tcp -p tcp -d 10.96.100.70 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-AWNKUJEHLCOQRXVF -m comment --comment default/nginx-7 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-AWNKUJEHLCOQRXVF -m comment --comment default/nginx-7 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-JKEEOOG76JGSSM2V -m comment --comment 'default/nginx-7 -> 10.244.0.11:8080' -j KUBE-SEP-AWNKUJEHLCOQRXVF
    iptables -t nat -D KUBE-SVC-JKEEOOG76JGSSM2V -m comment --comment 'default/nginx-7 cluster IP' -m tcp -p tcp -d 10.96.100.7 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-F5ZQT7JLRDZACXVA -m comment --comment default/nginx-69 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-F5ZQT7JLRDZACXVA -m comment --comment default/nginx-69 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-2KQYRPDBZILM4JGP -m comment --comment 'default/nginx-69 -> 10.244.0.11:8080' -j KUBE-SEP-F5ZQT7JLRDZACXVA
    iptables -t nat -D KUBE-SVC-2KQYRPDBZILM4JGP -m comment --comment 'default/nginx-69 cluster IP' -m tcp -p tcp -d 10.96.100.69 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-56DT3ZIE2UHLDF3S -m comment --comment default/nginx-68 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-56DT3ZIE2UHLDF3S -m comment --comment default/nginx-68 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-LC5CQ5NJHKUZNJIQ -m comment --comment 'default/nginx-68 -> 10.244.0.11:8080' -j KUBE-SEP-56DT3ZIE2UHLDF3S
    iptables -t nat -D KUBE-SVC-LC5CQ5NJHKUZNJIQ -m comment --comment 'default/nginx-68 cluster IP' -m tcp -p tcp -d 10.96.100.68 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-CXNDM3NVUC4ATXNE -m comment --comment default/nginx-67 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-CXNDM3NVUC4ATXNE -m comment --comment default/nginx-67 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-3XDCLMRDTVT2ELLI -m comment --comment 'default/nginx-67 -> 10.244.0.11:8080' -j KUBE-SEP-CXNDM3NVUC4ATXNE
    iptables -t nat -D KUBE-SVC-3XDCLMRDTVT2ELLI -m comment --comment 'default/nginx-67 cluster IP' -m tcp -p tcp -d 10.96.100.67 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-ESKZS2QQOWN53UHD -m comment --comment default/nginx-66 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-ESKZS2QQOWN53UHD -m comment --comment default/nginx-66 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-3TKO7XJSKCX5V6HR -m comment --comment 'default/nginx-66 -> 10.244.0.11:8080' -j KUBE-SEP-ESKZS2QQOWN53UHD
    iptables -t nat -D KUBE-SVC-3TKO7XJSKCX5V6HR -m comment --comment 'default/nginx-66 cluster IP' -m tcp -p tcp -d 10.96.100.66 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-OVYBKYLAVOPTUKRJ -m comment --comment default/nginx-65 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-OVYBKYLAVOPTUKRJ -m comment --comment default/nginx-65 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-FB36XPS2GOLGO7P2 -m comment --comment 'default/nginx-65 -> 10.244.0.11:8080' -j KUBE-SEP-OVYBKYLAVOPTUKRJ
    iptables -t nat -D KUBE-SVC-FB36XPS2GOLGO7P2 -m comment --comment 'default/nginx-65 cluster IP' -m tcp -p tcp -d 10.96.100.65 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-XKWLASD7P5WTRVBA -m comment --comment default/nginx-64 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-XKWLASD7P5WTRVBA -m comment --comment default/nginx-64 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-JXWSP2SCMHXRSWYT -m comment --comment 'default/nginx-64 -> 10.244.0.11:8080' -j KUBE-SEP-XKWLASD7P5WTRVBA
    iptables -t nat -D KUBE-SVC-JXWSP2SCMHXRSWYT -m comment --comment 'default/nginx-64 cluster IP' -m tcp -p tcp -d 10.96.100.64 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-6FMZBYBY65QEGYPY -m comment --comment default/nginx-63 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-6FMZBYBY65QEGYPY -m comment --comment default/nginx-63 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-ELKI3LYBNRZBSXNV -m comment --comment 'default/nginx-63 -> 10.244.0.11:8080' -j KUBE-SEP-6FMZBYBY65QEGYPY
    iptables -t nat -D KUBE-SVC-ELKI3LYBNRZBSXNV -m comment --comment 'default/nginx-63 cluster IP' -m tcp -p tcp -d 10.96.100.63 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-TDYPYD6OK3UBVYF5 -m comment --comment default/nginx-62 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-TDYPYD6OK3UBVYF5 -m comment --comment default/nginx-62 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-4EIOHTFQ2ANALH4O -m comment --comment 'default/nginx-62 -> 10.244.0.11:8080' -j KUBE-SEP-TDYPYD6OK3UBVYF5
    iptables -t nat -D KUBE-SVC-4EIOHTFQ2ANALH4O -m comment --comment 'default/nginx-62 cluster IP' -m tcp -p tcp -d 10.96.100.62 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-4NRCJ5SV3O6B52CG -m comment --comment default/nginx-61 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-4NRCJ5SV3O6B52CG -m comment --comment default/nginx-61 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-AI4ECOM6HUWMJ3Z6 -m comment --comment 'default/nginx-61 -> 10.244.0.11:8080' -j KUBE-SEP-4NRCJ5SV3O6B52CG
    iptables -t nat -D KUBE-SVC-AI4ECOM6HUWMJ3Z6 -m comment --comment 'default/nginx-61 cluster IP' -m tcp -p tcp -d 10.96.100.61 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-MMK7BBUWUALF4PFE -m comment --comment default/nginx-60 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-MMK7BBUWUALF4PFE -m comment --comment default/nginx-60 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-6GRKFWWGC3ZTRBPO -m comment --comment 'default/nginx-60 -> 10.244.0.11:8080' -j KUBE-SEP-MMK7BBUWUALF4PFE
    iptables -t nat -D KUBE-SVC-6GRKFWWGC3ZTRBPO -m comment --comment 'default/nginx-60 cluster IP' -m tcp -p tcp -d 10.96.100.60 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-SNSKMSWQAIYB235F -m comment --comment default/nginx-6 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-SNSKMSWQAIYB235F -m comment --comment default/nginx-6 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-QU3FZODU7F52ORIL -m comment --comment 'default/nginx-6 -> 10.244.0.11:8080' -j KUBE-SEP-SNSKMSWQAIYB235F
    iptables -t nat -D KUBE-SVC-QU3FZODU7F52ORIL -m comment --comment 'default/nginx-6 cluster IP' -m tcp -p tcp -d 10.96.100.6 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-GXDKOBPACL5KIVFL -m comment --comment default/nginx-59 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-GXDKOBPACL5KIVFL -m comment --comment default/nginx-59 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-X5PMANCMWIIBVGSU -m comment --comment 'default/nginx-59 -> 10.244.0.11:8080' -j KUBE-SEP-GXDKOBPACL5KIVFL
    iptables -t nat -D KUBE-SVC-X5PMANCMWIIBVGSU -m comment --comment 'default/nginx-59 cluster IP' -m tcp -p tcp -d 10.96.100.59 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-5R2ED33NGKXA5PPI -m comment --comment default/nginx-58 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-5R2ED33NGKXA5PPI -m comment --comment default/nginx-58 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-CFJEYP7U33LVNWJB -m comment --comment 'default/nginx-58 -> 10.244.0.11:8080' -j KUBE-SEP-5R2ED33NGKXA5PPI
    iptables -t nat -D KUBE-SVC-CFJEYP7U33LVNWJB -m comment --comment 'default/nginx-58 cluster IP' -m tcp -p tcp -d 10.96.100.58 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-KYUSR2DKEHW62NUS -m comment --comment default/nginx-57 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-KYUSR2DKEHW62NUS -m comment --comment default/nginx-57 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-2F2VXMGXT6Y34L2S -m comment --comment 'default/nginx-57 -> 10.244.0.11:8080' -j KUBE-SEP-KYUSR2DKEHW62NUS
    iptables -t nat -D KUBE-SVC-2F2VXMGXT6Y34L2S -m comment --comment 'default/nginx-57 cluster IP' -m tcp -p tcp -d 10.96.100.57 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-RQNWP7SINAO6TNCG -m comment --comment default/nginx-56 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-RQNWP7SINAO6TNCG -m comment --comment default/nginx-56 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-EDT4RC7FTYTUJ7UM -m comment --comment 'default/nginx-56 -> 10.244.0.11:8080' -j KUBE-SEP-RQNWP7SINAO6TNCG
    iptables -t nat -D KUBE-SVC-EDT4RC7FTYTUJ7UM -m comment --comment 'default/nginx-56 cluster IP' -m tcp -p tcp -d 10.96.100.56 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-DY2GYGC23RZBHCZQ -m comment --comment default/nginx-55 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-DY2GYGC23RZBHCZQ -m comment --comment default/nginx-55 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-MZLFTZXVDGCYKZTJ -m comment --comment 'default/nginx-55 -> 10.244.0.11:8080' -j KUBE-SEP-DY2GYGC23RZBHCZQ
    iptables -t nat -D KUBE-SVC-MZLFTZXVDGCYKZTJ -m comment --comment 'default/nginx-55 cluster IP' -m tcp -p tcp -d 10.96.100.55 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-QLCA73OBEPBXS7UO -m comment --comment default/nginx-54 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-QLCA73OBEPBXS7UO -m comment --comment default/nginx-54 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-NAXOVNRZKODBHS6Y -m comment --comment 'default/nginx-54 -> 10.244.0.11:8080' -j KUBE-SEP-QLCA73OBEPBXS7UO
    iptables -t nat -D KUBE-SVC-NAXOVNRZKODBHS6Y -m comment --comment 'default/nginx-54 cluster IP' -m tcp -p tcp -d 10.96.100.54 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-5PT3M7MHOKXBRJE4 -m comment --comment default/nginx-53 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-5PT3M7MHOKXBRJE4 -m comment --comment default/nginx-53 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-5WXCNGSBRUZPJK3Y -m comment --comment 'default/nginx-53 -> 10.244.0.11:8080' -j KUBE-SEP-5PT3M7MHOKXBRJE4
    iptables -t nat -D KUBE-SVC-5WXCNGSBRUZPJK3Y -m comment --comment 'default/nginx-53 cluster IP' -m tcp -p tcp -d 10.96.100.53 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-XXEMFXECJ2WVJJB6 -m comment --comment default/nginx-52 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-XXEMFXECJ2WVJJB6 -m comment --comment default/nginx-52 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-6UGFZARWRZ4JQC3W -m comment --comment 'default/nginx-52 -> 10.244.0.11:8080' -j KUBE-SEP-XXEMFXECJ2WVJJB6
    iptables -t nat -D KUBE-SVC-6UGFZARWRZ4JQC3W -m comment --comment 'default/nginx-52 cluster IP' -m tcp -p tcp -d 10.96.100.52 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-CF6QOXSVF2QIW5HJ -m comment --comment default/nginx-51 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-CF6QOXSVF2QIW5HJ -m comment --comment default/nginx-51 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-EZAB3AL7MJT2MYY2 -m comment --comment 'default/nginx-51 -> 10.244.0.11:8080' -j KUBE-SEP-CF6QOXSVF2QIW5HJ
    iptables -t nat -D KUBE-SVC-EZAB3AL7MJT2MYY2 -m comment --comment 'default/nginx-51 cluster IP' -m tcp -p tcp -d 10.96.100.51 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-IGDG4CMDDD67EAZ3 -m comment --comment default/nginx-50 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-IGDG4CMDDD67EAZ3 -m comment --comment default/nginx-50 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-CM4XYXBHLAP6HYVU -m comment --comment 'default/nginx-50 -> 10.244.0.11:8080' -j KUBE-SEP-IGDG4CMDDD67EAZ3
    iptables -t nat -D KUBE-SVC-CM4XYXBHLAP6HYVU -m comment --comment 'default/nginx-50 cluster IP' -m tcp -p tcp -d 10.96.100.50 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-NORTWVDPMYHDKNLQ -m comment --comment default/nginx-5 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-NORTWVDPMYHDKNLQ -m comment --comment default/nginx-5 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-ZFIATI6JAQC7CN7L -m comment --comment 'default/nginx-5 -> 10.244.0.11:8080' -j KUBE-SEP-NORTWVDPMYHDKNLQ
    iptables -t nat -D KUBE-SVC-ZFIATI6JAQC7CN7L -m comment --comment 'default/nginx-5 cluster IP' -m tcp -p tcp -d 10.96.100.5 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-LYSMXFV7YKBZXYYN -m comment --comment default/nginx-49 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-LYSMXFV7YKBZXYYN -m comment --comment default/nginx-49 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-AFAAA4F4CYV6GEDM -m comment --comment 'default/nginx-49 -> 10.244.0.11:8080' -j KUBE-SEP-LYSMXFV7YKBZXYYN
    iptables -t nat -D KUBE-SVC-AFAAA4F4CYV6GEDM -m comment --comment 'default/nginx-49 cluster IP' -m tcp -p tcp -d 10.96.100.49 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-QNCDFVZ37DRPALVO -m comment --comment default/nginx-48 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-QNCDFVZ37DRPALVO -m comment --comment default/nginx-48 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-S4A5Y5ZTS2JD3LSB -m comment --comment 'default/nginx-48 -> 10.244.0.11:8080' -j KUBE-SEP-QNCDFVZ37DRPALVO
    iptables -t nat -D KUBE-SVC-S4A5Y5ZTS2JD3LSB -m comment --comment 'default/nginx-48 cluster IP' -m tcp -p tcp -d 10.96.100.48 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-UX2ZKPZZNLIMRYII -m comment --comment default/nginx-47 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-UX2ZKPZZNLIMRYII -m comment --comment default/nginx-47 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-FJE7SMNZPHMBW5OE -m comment --comment 'default/nginx-47 -> 10.244.0.11:8080' -j KUBE-SEP-UX2ZKPZZNLIMRYII
    iptables -t nat -D KUBE-SVC-FJE7SMNZPHMBW5OE -m comment --comment 'default/nginx-47 cluster IP' -m tcp -p tcp -d 10.96.100.47 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-L7NG4PE7C2XHHSSS -m comment --comment default/nginx-46 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-L7NG4PE7C2XHHSSS -m comment --comment default/nginx-46 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-BIQ3BK3AF4DYYFNA -m comment --comment 'default/nginx-46 -> 10.244.0.11:8080' -j KUBE-SEP-L7NG4PE7C2XHHSSS
    iptables -t nat -D KUBE-SVC-BIQ3BK3AF4DYYFNA -m comment --comment 'default/nginx-46 cluster IP' -m tcp -p tcp -d 10.96.100.46 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-Q7ZPNPPNSQ3NP22J -m comment --comment default/nginx-45 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-Q7ZPNPPNSQ3NP22J -m comment --comment default/nginx-45 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-JMVMRRGG5B2NI74O -m comment --comment 'default/nginx-45 -> 10.244.0.11:8080' -j KUBE-SEP-Q7ZPNPPNSQ3NP22J
    iptables -t nat -D KUBE-SVC-JMVMRRGG5B2NI74O -m comment --comment 'default/nginx-45 cluster IP' -m tcp -p tcp -d 10.96.100.45 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-67RGU5ZDK4XMUFV2 -m comment --comment default/nginx-44 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-67RGU5ZDK4XMUFV2 -m comment --comment default/nginx-44 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-5S772KMBPSZSJOED -m comment --comment 'default/nginx-44 -> 10.244.0.11:8080' -j KUBE-SEP-67RGU5ZDK4XMUFV2
    iptables -t nat -D KUBE-SVC-5S772KMBPSZSJOED -m comment --comment 'default/nginx-44 cluster IP' -m tcp -p tcp -d 10.96.100.44 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-2QDNR7KHGV3HN7EI -m comment --comment default/nginx-43 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-2QDNR7KHGV3HN7EI -m comment --comment default/nginx-43 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-4LYU3N2R3WVSDYQT -m comment --comment 'default/nginx-43 -> 10.244.0.11:8080' -j KUBE-SEP-2QDNR7KHGV3HN7EI
    iptables -t nat -D KUBE-SVC-4LYU3N2R3WVSDYQT -m comment --comment 'default/nginx-43 cluster IP' -m tcp -p tcp -d 10.96.100.43 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-OAZ6BIG5PVYGNQ52 -m comment --comment default/nginx-42 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-OAZ6BIG5PVYGNQ52 -m comment --comment default/nginx-42 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-OO6KRNULX2ZP3IMN -m comment --comment 'default/nginx-42 -> 10.244.0.11:8080' -j KUBE-SEP-OAZ6BIG5PVYGNQ52
    iptables -t nat -D KUBE-SVC-OO6KRNULX2ZP3IMN -m comment --comment 'default/nginx-42 cluster IP' -m tcp -p tcp -d 10.96.100.42 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-G7KEMQU4PXOCS2WT -m comment --comment default/nginx-41 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-G7KEMQU4PXOCS2WT -m comment --comment default/nginx-41 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-434CH2PV4HH3VOZJ -m comment --comment 'default/nginx-41 -> 10.244.0.11:8080' -j KUBE-SEP-G7KEMQU4PXOCS2WT
    iptables -t nat -D KUBE-SVC-434CH2PV4HH3VOZJ -m comment --comment 'default/nginx-41 cluster IP' -m tcp -p tcp -d 10.96.100.41 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-ZYAKNX6BX7EIFEQT -m comment --comment default/nginx-40 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-ZYAKNX6BX7EIFEQT -m comment --comment default/nginx-40 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-QFEO6KYXCOOLXBB6 -m comment --comment 'default/nginx-40 -> 10.244.0.11:8080' -j KUBE-SEP-ZYAKNX6BX7EIFEQT
    iptables -t nat -D KUBE-SVC-QFEO6KYXCOOLXBB6 -m comment --comment 'default/nginx-40 cluster IP' -m tcp -p tcp -d 10.96.100.40 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-35TDZTDXS4XMLSPT -m comment --comment default/nginx-4 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-35TDZTDXS4XMLSPT -m comment --comment default/nginx-4 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-RERJ6P6BTUIA775F -m comment --comment 'default/nginx-4 -> 10.244.0.11:8080' -j KUBE-SEP-35TDZTDXS4XMLSPT
    iptables -t nat -D KUBE-SVC-RERJ6P6BTUIA775F -m comment --comment 'default/nginx-4 cluster IP' -m tcp -p tcp -d 10.96.100.4 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-I3YFZJW2ZZPUOCDO -m comment --comment default/nginx-39 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-I3YFZJW2ZZPUOCDO -m comment --comment default/nginx-39 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-25UV65GNCFTGZNSN -m comment --comment 'default/nginx-39 -> 10.244.0.11:8080' -j KUBE-SEP-I3YFZJW2ZZPUOCDO
    iptables -t nat -D KUBE-SVC-25UV65GNCFTGZNSN -m comment --comment 'default/nginx-39 cluster IP' -m tcp -p tcp -d 10.96.100.39 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-BH2ERBT3KHWYCPC7 -m comment --comment default/nginx-38 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-BH2ERBT3KHWYCPC7 -m comment --comment default/nginx-38 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-APAHPVJSDC2PBY74 -m comment --comment 'default/nginx-38 -> 10.244.0.11:8080' -j KUBE-SEP-BH2ERBT3KHWYCPC7
    iptables -t nat -D KUBE-SVC-APAHPVJSDC2PBY74 -m comment --comment 'default/nginx-38 cluster IP' -m tcp -p tcp -d 10.96.100.38 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-NB2BJCHEIFVWKRFU -m comment --comment default/nginx-37 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-NB2BJCHEIFVWKRFU -m comment --comment default/nginx-37 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-K4PSD7OEVGYCOTAJ -m comment --comment 'default/nginx-37 -> 10.244.0.11:8080' -j KUBE-SEP-NB2BJCHEIFVWKRFU
    iptables -t nat -D KUBE-SVC-K4PSD7OEVGYCOTAJ -m comment --comment 'default/nginx-37 cluster IP' -m tcp -p tcp -d 10.96.100.37 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-L7HT774DC2QBQISR -m comment --comment default/nginx-36 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-L7HT774DC2QBQISR -m comment --comment default/nginx-36 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-W5L6LD7W2ELSU3NS -m comment --comment 'default/nginx-36 -> 10.244.0.11:8080' -j KUBE-SEP-L7HT774DC2QBQISR
    iptables -t nat -D KUBE-SVC-W5L6LD7W2ELSU3NS -m comment --comment 'default/nginx-36 cluster IP' -m tcp -p tcp -d 10.96.100.36 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-BZC3FT7XD73THLHL -m comment --comment default/nginx-35 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-BZC3FT7XD73THLHL -m comment --comment default/nginx-35 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-E7HBCQ452FMGZPMT -m comment --comment 'default/nginx-35 -> 10.244.0.11:8080' -j KUBE-SEP-BZC3FT7XD73THLHL
    iptables -t nat -D KUBE-SVC-E7HBCQ452FMGZPMT -m comment --comment 'default/nginx-35 cluster IP' -m tcp -p tcp -d 10.96.100.35 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-VYWMAYYBGXMEAC5F -m comment --comment default/nginx-34 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-VYWMAYYBGXMEAC5F -m comment --comment default/nginx-34 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-EHFW2UBYT2HPZN4S -m comment --comment 'default/nginx-34 -> 10.244.0.11:8080' -j KUBE-SEP-VYWMAYYBGXMEAC5F
    iptables -t nat -D KUBE-SVC-EHFW2UBYT2HPZN4S -m comment --comment 'default/nginx-34 cluster IP' -m tcp -p tcp -d 10.96.100.34 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-HNRCYLEBBQZ6FA6F -m comment --comment default/nginx-33 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-HNRCYLEBBQZ6FA6F -m comment --comment default/nginx-33 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-5SGJQ3GYZAA5UMLG -m comment --comment 'default/nginx-33 -> 10.244.0.11:8080' -j KUBE-SEP-HNRCYLEBBQZ6FA6F
    iptables -t nat -D KUBE-SVC-5SGJQ3GYZAA5UMLG -m comment --comment 'default/nginx-33 cluster IP' -m tcp -p tcp -d 10.96.100.33 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-E67AEIMCC5P4Y5ZT -m comment --comment default/nginx-32 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-E67AEIMCC5P4Y5ZT -m comment --comment default/nginx-32 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-TPTROABSUEKTMZEJ -m comment --comment 'default/nginx-32 -> 10.244.0.11:8080' -j KUBE-SEP-E67AEIMCC5P4Y5ZT
    iptables -t nat -D KUBE-SVC-TPTROABSUEKTMZEJ -m comment --comment 'default/nginx-32 cluster IP' -m tcp -p tcp -d 10.96.100.32 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-2P3ECXCTVTSBOHM2 -m comment --comment default/nginx-31 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-2P3ECXCTVTSBOHM2 -m comment --comment default/nginx-31 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-KBL2KMDQS3SNIAVF -m comment --comment 'default/nginx-31 -> 10.244.0.11:8080' -j KUBE-SEP-2P3ECXCTVTSBOHM2
    iptables -t nat -D KUBE-SVC-KBL2KMDQS3SNIAVF -m comment --comment 'default/nginx-31 cluster IP' -m tcp -p tcp -d 10.96.100.31 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-33XUIQ6N2DF4MOXR -m comment --comment default/nginx-30 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-33XUIQ6N2DF4MOXR -m comment --comment default/nginx-30 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-OGONBPZXKWUJJOVD -m comment --comment 'default/nginx-30 -> 10.244.0.11:8080' -j KUBE-SEP-33XUIQ6N2DF4MOXR
    iptables -t nat -D KUBE-SVC-OGONBPZXKWUJJOVD -m comment --comment 'default/nginx-30 cluster IP' -m tcp -p tcp -d 10.96.100.30 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-DTDTLFN75DMMZEQK -m comment --comment default/nginx-3 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-DTDTLFN75DMMZEQK -m comment --comment default/nginx-3 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-QTDNDC6OCE6PH2QS -m comment --comment 'default/nginx-3 -> 10.244.0.11:8080' -j KUBE-SEP-DTDTLFN75DMMZEQK
    iptables -t nat -D KUBE-SVC-QTDNDC6OCE6PH2QS -m comment --comment 'default/nginx-3 cluster IP' -m tcp -p tcp -d 10.96.100.3 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-HAJSCA2XENZSC7XM -m comment --comment default/nginx-29 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-HAJSCA2XENZSC7XM -m comment --comment default/nginx-29 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-RBLT6F6ZO7U6V6O7 -m comment --comment 'default/nginx-29 -> 10.244.0.11:8080' -j KUBE-SEP-HAJSCA2XENZSC7XM
    iptables -t nat -D KUBE-SVC-RBLT6F6ZO7U6V6O7 -m comment --comment 'default/nginx-29 cluster IP' -m tcp -p tcp -d 10.96.100.29 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-IVHUHUATYE7AONDJ -m comment --comment default/nginx-28 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-IVHUHUATYE7AONDJ -m comment --comment default/nginx-28 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-S5YMTUVCEISEZ5KZ -m comment --comment 'default/nginx-28 -> 10.244.0.11:8080' -j KUBE-SEP-IVHUHUATYE7AONDJ
    iptables -t nat -D KUBE-SVC-S5YMTUVCEISEZ5KZ -m comment --comment 'default/nginx-28 cluster IP' -m tcp -p tcp -d 10.96.100.28 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-6B7UGF4XJ6PEHDWY -m comment --comment default/nginx-27 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-6B7UGF4XJ6PEHDWY -m comment --comment default/nginx-27 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-KWWYHOY4YKAMHRCD -m comment --comment 'default/nginx-27 -> 10.244.0.11:8080' -j KUBE-SEP-6B7UGF4XJ6PEHDWY
    iptables -t nat -D KUBE-SVC-KWWYHOY4YKAMHRCD -m comment --comment 'default/nginx-27 cluster IP' -m tcp -p tcp -d 10.96.100.27 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-R3REE5527KCGYWTF -m comment --comment default/nginx-26 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-R3REE5527KCGYWTF -m comment --comment default/nginx-26 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-325DGMNG63E4C7UM -m comment --comment 'default/nginx-26 -> 10.244.0.11:8080' -j KUBE-SEP-R3REE5527KCGYWTF
    iptables -t nat -D KUBE-SVC-325DGMNG63E4C7UM -m comment --comment 'default/nginx-26 cluster IP' -m tcp -p tcp -d 10.96.100.26 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-Y72KCTQ2KAA6CKQT -m comment --comment default/nginx-25 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-Y72KCTQ2KAA6CKQT -m comment --comment default/nginx-25 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-DMG4FT6K72AQTZPE -m comment --comment 'default/nginx-25 -> 10.244.0.11:8080' -j KUBE-SEP-Y72KCTQ2KAA6CKQT
    iptables -t nat -D KUBE-SVC-DMG4FT6K72AQTZPE -m comment --comment 'default/nginx-25 cluster IP' -m tcp -p tcp -d 10.96.100.25 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-BK4LSSBQTGUGKTF2 -m comment --comment default/nginx-24 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-BK4LSSBQTGUGKTF2 -m comment --comment default/nginx-24 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-JGXWSJKGAK24IT5A -m comment --comment 'default/nginx-24 -> 10.244.0.11:8080' -j KUBE-SEP-BK4LSSBQTGUGKTF2
    iptables -t nat -D KUBE-SVC-JGXWSJKGAK24IT5A -m comment --comment 'default/nginx-24 cluster IP' -m tcp -p tcp -d 10.96.100.24 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-3QWTZAEEO4M4PWIW -m comment --comment default/nginx-23 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-3QWTZAEEO4M4PWIW -m comment --comment default/nginx-23 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-YOXUXMN6Y7TVQ7BC -m comment --comment 'default/nginx-23 -> 10.244.0.11:8080' -j KUBE-SEP-3QWTZAEEO4M4PWIW
    iptables -t nat -D KUBE-SVC-YOXUXMN6Y7TVQ7BC -m comment --comment 'default/nginx-23 cluster IP' -m tcp -p tcp -d 10.96.100.23 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-V6YHGULLYKGKRJ7W -m comment --comment default/nginx-22 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-V6YHGULLYKGKRJ7W -m comment --comment default/nginx-22 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-ESAV67THD3E4D5I2 -m comment --comment 'default/nginx-22 -> 10.244.0.11:8080' -j KUBE-SEP-V6YHGULLYKGKRJ7W
    iptables -t nat -D KUBE-SVC-ESAV67THD3E4D5I2 -m comment --comment 'default/nginx-22 cluster IP' -m tcp -p tcp -d 10.96.100.22 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-LE4MPLJRX3HVHHUX -m comment --comment default/nginx-21 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-LE4MPLJRX3HVHHUX -m comment --comment default/nginx-21 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-4SVEE7OJOEA3PXGW -m comment --comment 'default/nginx-21 -> 10.244.0.11:8080' -j KUBE-SEP-LE4MPLJRX3HVHHUX
    iptables -t nat -D KUBE-SVC-4SVEE7OJOEA3PXGW -m comment --comment 'default/nginx-21 cluster IP' -m tcp -p tcp -d 10.96.100.21 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-6JJ7BIN3PAADU5BR -m comment --comment default/nginx-20 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-6JJ7BIN3PAADU5BR -m comment --comment default/nginx-20 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-NMYMFWPJ5GKZQDYJ -m comment --comment 'default/nginx-20 -> 10.244.0.11:8080' -j KUBE-SEP-6JJ7BIN3PAADU5BR
    iptables -t nat -D KUBE-SVC-NMYMFWPJ5GKZQDYJ -m comment --comment 'default/nginx-20 cluster IP' -m tcp -p tcp -d 10.96.100.20 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-YQR4ASV6ZKH5M343 -m comment --comment default/nginx-2 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-YQR4ASV6ZKH5M343 -m comment --comment default/nginx-2 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-WAKZLAXAKVQVG3CM -m comment --comment 'default/nginx-2 -> 10.244.0.11:8080' -j KUBE-SEP-YQR4ASV6ZKH5M343
    iptables -t nat -D KUBE-SVC-WAKZLAXAKVQVG3CM -m comment --comment 'default/nginx-2 cluster IP' -m tcp -p tcp -d 10.96.100.2 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-6EY4IH7GOG6X6SXI -m comment --comment default/nginx-19 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-6EY4IH7GOG6X6SXI -m comment --comment default/nginx-19 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-WGVRSLDYZLM5GGIA -m comment --comment 'default/nginx-19 -> 10.244.0.11:8080' -j KUBE-SEP-6EY4IH7GOG6X6SXI
    iptables -t nat -D KUBE-SVC-WGVRSLDYZLM5GGIA -m comment --comment 'default/nginx-19 cluster IP' -m tcp -p tcp -d 10.96.100.19 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-6WPVM4MVV6DDVRLI -m comment --comment default/nginx-18 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-6WPVM4MVV6DDVRLI -m comment --comment default/nginx-18 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-HFXEX6ZQJHRNLHWJ -m comment --comment 'default/nginx-18 -> 10.244.0.11:8080' -j KUBE-SEP-6WPVM4MVV6DDVRLI
    iptables -t nat -D KUBE-SVC-HFXEX6ZQJHRNLHWJ -m comment --comment 'default/nginx-18 cluster IP' -m tcp -p tcp -d 10.96.100.18 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-WY7C7E6SI536NHHY -m comment --comment default/nginx-17 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-WY7C7E6SI536NHHY -m comment --comment default/nginx-17 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-D3OCYKYYEM3MD7QX -m comment --comment 'default/nginx-17 -> 10.244.0.11:8080' -j KUBE-SEP-WY7C7E6SI536NHHY
    iptables -t nat -D KUBE-SVC-D3OCYKYYEM3MD7QX -m comment --comment 'default/nginx-17 cluster IP' -m tcp -p tcp -d 10.96.100.17 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-QATTJWMADGVRTU7O -m comment --comment default/nginx-16 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-QATTJWMADGVRTU7O -m comment --comment default/nginx-16 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-U3FASNRMNBUNIKHF -m comment --comment 'default/nginx-16 -> 10.244.0.11:8080' -j KUBE-SEP-QATTJWMADGVRTU7O
    iptables -t nat -D KUBE-SVC-U3FASNRMNBUNIKHF -m comment --comment 'default/nginx-16 cluster IP' -m tcp -p tcp -d 10.96.100.16 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-N4EZPJIIX7M73ANP -m comment --comment default/nginx-15 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-N4EZPJIIX7M73ANP -m comment --comment default/nginx-15 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-DPZ7J76ITA2U535T -m comment --comment 'default/nginx-15 -> 10.244.0.11:8080' -j KUBE-SEP-N4EZPJIIX7M73ANP
    iptables -t nat -D KUBE-SVC-DPZ7J76ITA2U535T -m comment --comment 'default/nginx-15 cluster IP' -m tcp -p tcp -d 10.96.100.15 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-S4A2US6G2B7G6OHP -m comment --comment default/nginx-14 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-S4A2US6G2B7G6OHP -m comment --comment default/nginx-14 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-SFYHQCY623G7QN3U -m comment --comment 'default/nginx-14 -> 10.244.0.11:8080' -j KUBE-SEP-S4A2US6G2B7G6OHP
    iptables -t nat -D KUBE-SVC-SFYHQCY623G7QN3U -m comment --comment 'default/nginx-14 cluster IP' -m tcp -p tcp -d 10.96.100.14 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-BRJE2AORPM2QCMRS -m comment --comment default/nginx-13 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-BRJE2AORPM2QCMRS -m comment --comment default/nginx-13 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-YVMQYTVVSIGFDETJ -m comment --comment 'default/nginx-13 -> 10.244.0.11:8080' -j KUBE-SEP-BRJE2AORPM2QCMRS
    iptables -t nat -D KUBE-SVC-YVMQYTVVSIGFDETJ -m comment --comment 'default/nginx-13 cluster IP' -m tcp -p tcp -d 10.96.100.13 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-FQZJ72NGIKNPIUMH -m comment --comment default/nginx-12 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-FQZJ72NGIKNPIUMH -m comment --comment default/nginx-12 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-EJLRRBEN237RFMAK -m comment --comment 'default/nginx-12 -> 10.244.0.11:8080' -j KUBE-SEP-FQZJ72NGIKNPIUMH
    iptables -t nat -D KUBE-SVC-EJLRRBEN237RFMAK -m comment --comment 'default/nginx-12 cluster IP' -m tcp -p tcp -d 10.96.100.12 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-KKR3ODDTUWUFAR7M -m comment --comment default/nginx-11 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-KKR3ODDTUWUFAR7M -m comment --comment default/nginx-11 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-OQOH5YW5W7MKESWO -m comment --comment 'default/nginx-11 -> 10.244.0.11:8080' -j KUBE-SEP-KKR3ODDTUWUFAR7M
    iptables -t nat -D KUBE-SVC-OQOH5YW5W7MKESWO -m comment --comment 'default/nginx-11 cluster IP' -m tcp -p tcp -d 10.96.100.11 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-YF6M3IWMW6VSKHW4 -m comment --comment default/nginx-100 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-YF6M3IWMW6VSKHW4 -m comment --comment default/nginx-100 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-MNLVD5VQBMT76EJG -m comment --comment 'default/nginx-100 -> 10.244.0.11:8080' -j KUBE-SEP-YF6M3IWMW6VSKHW4
    iptables -t nat -D KUBE-SVC-MNLVD5VQBMT76EJG -m comment --comment 'default/nginx-100 cluster IP' -m tcp -p tcp -d 10.96.100.100 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-KDD6EM5Y3DX4N3JD -m comment --comment default/nginx-10 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-KDD6EM5Y3DX4N3JD -m comment --comment default/nginx-10 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-WUUEPQNKHCOK7T3I -m comment --comment 'default/nginx-10 -> 10.244.0.11:8080' -j KUBE-SEP-KDD6EM5Y3DX4N3JD
    iptables -t nat -D KUBE-SVC-WUUEPQNKHCOK7T3I -m comment --comment 'default/nginx-10 cluster IP' -m tcp -p tcp -d 10.96.100.10 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-B52ELP5FU3YXTIMQ -m comment --comment default/nginx-1 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-B52ELP5FU3YXTIMQ -m comment --comment default/nginx-1 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-YQ6ODUTRZU2RK47A -m comment --comment 'default/nginx-1 -> 10.244.0.11:8080' -j KUBE-SEP-B52ELP5FU3YXTIMQ
    iptables -t nat -D KUBE-SVC-YQ6ODUTRZU2RK47A -m comment --comment 'default/nginx-1 cluster IP' -m tcp -p tcp -d 10.96.100.1 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-99 cluster IP' -m tcp -p tcp -d 10.96.100.99 --dport 80 -j KUBE-SVC-CDSUJZ4JZ7F65XW5
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-98 cluster IP' -m tcp -p tcp -d 10.96.100.98 --dport 80 -j KUBE-SVC-NNIICOZUOVU2DVZO
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-97 cluster IP' -m tcp -p tcp -d 10.96.100.97 --dport 80 -j KUBE-SVC-OEG5NSN2NPVVEVIG
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-96 cluster IP' -m tcp -p tcp -d 10.96.100.96 --dport 80 -j KUBE-SVC-PWIJNDTWF22GXMES
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-95 cluster IP' -m tcp -p tcp -d 10.96.100.95 --dport 80 -j KUBE-SVC-TVPENJY3QRGGO7ZM
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-94 cluster IP' -m tcp -p tcp -d 10.96.100.94 --dport 80 -j KUBE-SVC-YNC5FH63GJST47YU
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-93 cluster IP' -m tcp -p tcp -d 10.96.100.93 --dport 80 -j KUBE-SVC-ESC4OFCMUK3L4M2L
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-92 cluster IP' -m tcp -p tcp -d 10.96.100.92 --dport 80 -j KUBE-SVC-SS52VJ7DOIEQLD3P
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-91 cluster IP' -m tcp -p tcp -d 10.96.100.91 --dport 80 -j KUBE-SVC-6DGMXONQZWYRV7S7
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-90 cluster IP' -m tcp -p tcp -d 10.96.100.90 --dport 80 -j KUBE-SVC-UJWGOSFGPFUCN6VF
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-9 cluster IP' -m tcp -p tcp -d 10.96.100.9 --dport 80 -j KUBE-SVC-PRMJTXY4N47AOXNM
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-89 cluster IP' -m tcp -p tcp -d 10.96.100.89 --dport 80 -j KUBE-SVC-RHNR37CYZOXQU6D6
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-88 cluster IP' -m tcp -p tcp -d 10.96.100.88 --dport 80 -j KUBE-SVC-LD37GSULZOGL63IU
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-87 cluster IP' -m tcp -p tcp -d 10.96.100.87 --dport 80 -j KUBE-SVC-D5VVA6AZLKSI6QCL
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-86 cluster IP' -m tcp -p tcp -d 10.96.100.86 --dport 80 -j KUBE-SVC-GMLMOA4V3ZODNM2H
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-85 cluster IP' -m tcp -p tcp -d 10.96.100.85 --dport 80 -j KUBE-SVC-ZTNKOZKOX72Z6UEU
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-84 cluster IP' -m tcp -p tcp -d 10.96.100.84 --dport 80 -j KUBE-SVC-6EHF6QLWNLTB6BYR
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-83 cluster IP' -m tcp -p tcp -d 10.96.100.83 --dport 80 -j KUBE-SVC-JVAQ3T3GSIBFTI4T
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-82 cluster IP' -m tcp -p tcp -d 10.96.100.82 --dport 80 -j KUBE-SVC-QR6IPLLGV7GTOKP5
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-81 cluster IP' -m tcp -p tcp -d 10.96.100.81 --dport 80 -j KUBE-SVC-PMGRGI5XW367S3XE
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-80 cluster IP' -m tcp -p tcp -d 10.96.100.80 --dport 80 -j KUBE-SVC-DFNHM54ZZ23Y7HZC
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-8 cluster IP' -m tcp -p tcp -d 10.96.100.8 --dport 80 -j KUBE-SVC-A2JBAHQKQUF5QLFN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-79 cluster IP' -m tcp -p tcp -d 10.96.100.79 --dport 80 -j KUBE-SVC-64NTLME3HM3YGYCQ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-78 cluster IP' -m tcp -p tcp -d 10.96.100.78 --dport 80 -j KUBE-SVC-CSFYVIESNLJCNTKA
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-77 cluster IP' -m tcp -p tcp -d 10.96.100.77 --dport 80 -j KUBE-SVC-ON7HEHZLWCWWW5W5
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-76 cluster IP' -m tcp -p tcp -d 10.96.100.76 --dport 80 -j KUBE-SVC-UTVAFYB3HDSMERHO
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-75 cluster IP' -m tcp -p tcp -d 10.96.100.75 --dport 80 -j KUBE-SVC-I4YU2VUIQSEZSGEP
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-74 cluster IP' -m tcp -p tcp -d 10.96.100.74 --dport 80 -j KUBE-SVC-U34JYSJR22L43ZND
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-73 cluster IP' -m tcp -p tcp -d 10.96.100.73 --dport 80 -j KUBE-SVC-MBSE4DQRFZSIUTKJ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-72 cluster IP' -m tcp -p tcp -d 10.96.100.72 --dport 80 -j KUBE-SVC-BMLJ3NZDRXV237FE
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-71 cluster IP' -m tcp -p tcp -d 10.96.100.71 --dport 80 -j KUBE-SVC-F5IKUD3V2AZAK6TW
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-70 cluster IP' -m tcp -p tcp -d 10.96.100.70 --dport 80 -j KUBE-SVC-U64BFRK5F6ZM2MWE
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-7 cluster IP' -m tcp -p tcp -d 10.96.100.7 --dport 80 -j KUBE-SVC-JKEEOOG76JGSSM2V
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-69 cluster IP' -m tcp -p tcp -d 10.96.100.69 --dport 80 -j KUBE-SVC-2KQYRPDBZILM4JGP
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-68 cluster IP' -m tcp -p tcp -d 10.96.100.68 --dport 80 -j KUBE-SVC-LC5CQ5NJHKUZNJIQ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-67 cluster IP' -m tcp -p tcp -d 10.96.100.67 --dport 80 -j KUBE-SVC-3XDCLMRDTVT2ELLI
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-66 cluster IP' -m tcp -p tcp -d 10.96.100.66 --dport 80 -j KUBE-SVC-3TKO7XJSKCX5V6HR
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-65 cluster IP' -m tcp -p tcp -d 10.96.100.65 --dport 80 -j KUBE-SVC-FB36XPS2GOLGO7P2
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-64 cluster IP' -m tcp -p tcp -d 10.96.100.64 --dport 80 -j KUBE-SVC-JXWSP2SCMHXRSWYT
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-63 cluster IP' -m tcp -p tcp -d 10.96.100.63 --dport 80 -j KUBE-SVC-ELKI3LYBNRZBSXNV
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-62 cluster IP' -m tcp -p tcp -d 10.96.100.62 --dport 80 -j KUBE-SVC-4EIOHTFQ2ANALH4O
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-61 cluster IP' -m tcp -p tcp -d 10.96.100.61 --dport 80 -j KUBE-SVC-AI4ECOM6HUWMJ3Z6
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-60 cluster IP' -m tcp -p tcp -d 10.96.100.60 --dport 80 -j KUBE-SVC-6GRKFWWGC3ZTRBPO
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-6 cluster IP' -m tcp -p tcp -d 10.96.100.6 --dport 80 -j KUBE-SVC-QU3FZODU7F52ORIL
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-59 cluster IP' -m tcp -p tcp -d 10.96.100.59 --dport 80 -j KUBE-SVC-X5PMANCMWIIBVGSU
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-58 cluster IP' -m tcp -p tcp -d 10.96.100.58 --dport 80 -j KUBE-SVC-CFJEYP7U33LVNWJB
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-57 cluster IP' -m tcp -p tcp -d 10.96.100.57 --dport 80 -j KUBE-SVC-2F2VXMGXT6Y34L2S
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-56 cluster IP' -m tcp -p tcp -d 10.96.100.56 --dport 80 -j KUBE-SVC-EDT4RC7FTYTUJ7UM
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-55 cluster IP' -m tcp -p tcp -d 10.96.100.55 --dport 80 -j KUBE-SVC-MZLFTZXVDGCYKZTJ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-54 cluster IP' -m tcp -p tcp -d 10.96.100.54 --dport 80 -j KUBE-SVC-NAXOVNRZKODBHS6Y
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-53 cluster IP' -m tcp -p tcp -d 10.96.100.53 --dport 80 -j KUBE-SVC-5WXCNGSBRUZPJK3Y
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-52 cluster IP' -m tcp -p tcp -d 10.96.100.52 --dport 80 -j KUBE-SVC-6UGFZARWRZ4JQC3W
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-51 cluster IP' -m tcp -p tcp -d 10.96.100.51 --dport 80 -j KUBE-SVC-EZAB3AL7MJT2MYY2
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-50 cluster IP' -m tcp -p tcp -d 10.96.100.50 --dport 80 -j KUBE-SVC-CM4XYXBHLAP6HYVU
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-5 cluster IP' -m tcp -p tcp -d 10.96.100.5 --dport 80 -j KUBE-SVC-ZFIATI6JAQC7CN7L
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-49 cluster IP' -m tcp -p tcp -d 10.96.100.49 --dport 80 -j KUBE-SVC-AFAAA4F4CYV6GEDM
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-48 cluster IP' -m tcp -p tcp -d 10.96.100.48 --dport 80 -j KUBE-SVC-S4A5Y5ZTS2JD3LSB
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-47 cluster IP' -m tcp -p tcp -d 10.96.100.47 --dport 80 -j KUBE-SVC-FJE7SMNZPHMBW5OE
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-46 cluster IP' -m tcp -p tcp -d 10.96.100.46 --dport 80 -j KUBE-SVC-BIQ3BK3AF4DYYFNA
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-45 cluster IP' -m tcp -p tcp -d 10.96.100.45 --dport 80 -j KUBE-SVC-JMVMRRGG5B2NI74O
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-44 cluster IP' -m tcp -p tcp -d 10.96.100.44 --dport 80 -j KUBE-SVC-5S772KMBPSZSJOED
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-43 cluster IP' -m tcp -p tcp -d 10.96.100.43 --dport 80 -j KUBE-SVC-4LYU3N2R3WVSDYQT
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-42 cluster IP' -m tcp -p tcp -d 10.96.100.42 --dport 80 -j KUBE-SVC-OO6KRNULX2ZP3IMN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-41 cluster IP' -m tcp -p tcp -d 10.96.100.41 --dport 80 -j KUBE-SVC-434CH2PV4HH3VOZJ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-40 cluster IP' -m tcp -p tcp -d 10.96.100.40 --dport 80 -j KUBE-SVC-QFEO6KYXCOOLXBB6
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-4 cluster IP' -m tcp -p tcp -d 10.96.100.4 --dport 80 -j KUBE-SVC-RERJ6P6BTUIA775F
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-39 cluster IP' -m tcp -p tcp -d 10.96.100.39 --dport 80 -j KUBE-SVC-25UV65GNCFTGZNSN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-38 cluster IP' -m tcp -p tcp -d 10.96.100.38 --dport 80 -j KUBE-SVC-APAHPVJSDC2PBY74
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-37 cluster IP' -m tcp -p tcp -d 10.96.100.37 --dport 80 -j KUBE-SVC-K4PSD7OEVGYCOTAJ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-36 cluster IP' -m tcp -p tcp -d 10.96.100.36 --dport 80 -j KUBE-SVC-W5L6LD7W2ELSU3NS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-35 cluster IP' -m tcp -p tcp -d 10.96.100.35 --dport 80 -j KUBE-SVC-E7HBCQ452FMGZPMT
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-34 cluster IP' -m tcp -p tcp -d 10.96.100.34 --dport 80 -j KUBE-SVC-EHFW2UBYT2HPZN4S
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-33 cluster IP' -m tcp -p tcp -d 10.96.100.33 --dport 80 -j KUBE-SVC-5SGJQ3GYZAA5UMLG
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-32 cluster IP' -m tcp -p tcp -d 10.96.100.32 --dport 80 -j KUBE-SVC-TPTROABSUEKTMZEJ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-31 cluster IP' -m tcp -p tcp -d 10.96.100.31 --dport 80 -j KUBE-SVC-KBL2KMDQS3SNIAVF
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-30 cluster IP' -m tcp -p tcp -d 10.96.100.30 --dport 80 -j KUBE-SVC-OGONBPZXKWUJJOVD
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-3 cluster IP' -m tcp -p tcp -d 10.96.100.3 --dport 80 -j KUBE-SVC-QTDNDC6OCE6PH2QS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-29 cluster IP' -m tcp -p tcp -d 10.96.100.29 --dport 80 -j KUBE-SVC-RBLT6F6ZO7U6V6O7
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-28 cluster IP' -m tcp -p tcp -d 10.96.100.28 --dport 80 -j KUBE-SVC-S5YMTUVCEISEZ5KZ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-27 cluster IP' -m tcp -p tcp -d 10.96.100.27 --dport 80 -j KUBE-SVC-KWWYHOY4YKAMHRCD
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-26 cluster IP' -m tcp -p tcp -d 10.96.100.26 --dport 80 -j KUBE-SVC-325DGMNG63E4C7UM
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-25 cluster IP' -m tcp -p tcp -d 10.96.100.25 --dport 80 -j KUBE-SVC-DMG4FT6K72AQTZPE
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-24 cluster IP' -m tcp -p tcp -d 10.96.100.24 --dport 80 -j KUBE-SVC-JGXWSJKGAK24IT5A
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-23 cluster IP' -m tcp -p tcp -d 10.96.100.23 --dport 80 -j KUBE-SVC-YOXUXMN6Y7TVQ7BC
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-22 cluster IP' -m tcp -p tcp -d 10.96.100.22 --dport 80 -j KUBE-SVC-ESAV67THD3E4D5I2
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-21 cluster IP' -m tcp -p tcp -d 10.96.100.21 --dport 80 -j KUBE-SVC-4SVEE7OJOEA3PXGW
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-20 cluster IP' -m tcp -p tcp -d 10.96.100.20 --dport 80 -j KUBE-SVC-NMYMFWPJ5GKZQDYJ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-2 cluster IP' -m tcp -p tcp -d 10.96.100.2 --dport 80 -j KUBE-SVC-WAKZLAXAKVQVG3CM
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-19 cluster IP' -m tcp -p tcp -d 10.96.100.19 --dport 80 -j KUBE-SVC-WGVRSLDYZLM5GGIA
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-18 cluster IP' -m tcp -p tcp -d 10.96.100.18 --dport 80 -j KUBE-SVC-HFXEX6ZQJHRNLHWJ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-17 cluster IP' -m tcp -p tcp -d 10.96.100.17 --dport 80 -j KUBE-SVC-D3OCYKYYEM3MD7QX
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-16 cluster IP' -m tcp -p tcp -d 10.96.100.16 --dport 80 -j KUBE-SVC-U3FASNRMNBUNIKHF
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-15 cluster IP' -m tcp -p tcp -d 10.96.100.15 --dport 80 -j KUBE-SVC-DPZ7J76ITA2U535T
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-14 cluster IP' -m tcp -p tcp -d 10.96.100.14 --dport 80 -j KUBE-SVC-SFYHQCY623G7QN3U
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-13 cluster IP' -m tcp -p tcp -d 10.96.100.13 --dport 80 -j KUBE-SVC-YVMQYTVVSIGFDETJ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-12 cluster IP' -m tcp -p tcp -d 10.96.100.12 --dport 80 -j KUBE-SVC-EJLRRBEN237RFMAK
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-11 cluster IP' -m tcp -p tcp -d 10.96.100.11 --dport 80 -j KUBE-SVC-OQOH5YW5W7MKESWO
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-100 cluster IP' -m tcp -p tcp -d 10.96.100.100 --dport 80 -j KUBE-SVC-MNLVD5VQBMT76EJG
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-10 cluster IP' -m tcp -p tcp -d 10.96.100.10 --dport 80 -j KUBE-SVC-WUUEPQNKHCOK7T3I
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-1 cluster IP' -m tcp -p tcp -d 10.96.100.1 --dport 80 -j KUBE-SVC-YQ6ODUTRZU2RK47A
    iptables -t nat -X KUBE-SEP-YTYD2J7NTT6NIQGE
    iptables -t nat -X KUBE-SVC-CDSUJZ4JZ7F65XW5
    iptables -t nat -X KUBE-SEP-EWYBZP26GED6VAFE
    iptables -t nat -X KUBE-SVC-NNIICOZUOVU2DVZO
    iptables -t nat -X KUBE-SEP-KTWWLEFZMPXND65V
    iptables -t nat -X KUBE-SVC-OEG5NSN2NPVVEVIG
    iptables -t nat -X KUBE-SEP-4ANFVGZJQU6QNYFX
    iptables -t nat -X KUBE-SVC-PWIJNDTWF22GXMES
    iptables -t nat -X KUBE-SEP-FHFCFWRB4EAWVQ3C
    iptables -t nat -X KUBE-SVC-TVPENJY3QRGGO7ZM
    iptables -t nat -X KUBE-SEP-WIGSLM2KQZSXSGOV
    iptables -t nat -X KUBE-SVC-YNC5FH63GJST47YU
    iptables -t nat -X KUBE-SEP-UFWBH6WFSJC45NTN
    iptables -t nat -X KUBE-SVC-ESC4OFCMUK3L4M2L
    iptables -t nat -X KUBE-SEP-KDJ7VDFJD47OSCFU
    iptables -t nat -X KUBE-SVC-SS52VJ7DOIEQLD3P
    iptables -t nat -X KUBE-SEP-BVTHB2JVAQTQ5SS7
    iptables -t nat -X KUBE-SVC-6DGMXONQZWYRV7S7
    iptables -t nat -X KUBE-SEP-LVONSMOFQP2TMCFB
    iptables -t nat -X KUBE-SVC-UJWGOSFGPFUCN6VF
    iptables -t nat -X KUBE-SEP-KCNQFKHIY33VNMCE
    iptables -t nat -X KUBE-SVC-PRMJTXY4N47AOXNM
    iptables -t nat -X KUBE-SEP-FPHGQ2NQ4OSO6NFX
    iptables -t nat -X KUBE-SVC-RHNR37CYZOXQU6D6
    iptables -t nat -X KUBE-SEP-NHFUPUBWKPV52XP5
    iptables -t nat -X KUBE-SVC-LD37GSULZOGL63IU
    iptables -t nat -X KUBE-SEP-S6T6CBPUXUZ5G4SR
    iptables -t nat -X KUBE-SVC-D5VVA6AZLKSI6QCL
    iptables -t nat -X KUBE-SEP-6J6CTAFXZF3TJIMV
    iptables -t nat -X KUBE-SVC-GMLMOA4V3ZODNM2H
    iptables -t nat -X KUBE-SEP-OAARDMQNZO6EUIB4
    iptables -t nat -X KUBE-SVC-ZTNKOZKOX72Z6UEU
    iptables -t nat -X KUBE-SEP-RJK6I5GR3WYAA7AZ
    iptables -t nat -X KUBE-SVC-6EHF6QLWNLTB6BYR
    iptables -t nat -X KUBE-SEP-POPPBW4VOTECGVHT
    iptables -t nat -X KUBE-SVC-JVAQ3T3GSIBFTI4T
    iptables -t nat -X KUBE-SEP-NWLVT7H6QWGMXR3D
    iptables -t nat -X KUBE-SVC-QR6IPLLGV7GTOKP5
    iptables -t nat -X KUBE-SEP-NVBJKBAU72V2YCCT
    iptables -t nat -X KUBE-SVC-PMGRGI5XW367S3XE
    iptables -t nat -X KUBE-SEP-MHEWTVJIWH7FNJRC
    iptables -t nat -X KUBE-SVC-DFNHM54ZZ23Y7HZC
    iptables -t nat -X KUBE-SEP-5GVCC5DEWJQS6EXS
    iptables -t nat -X KUBE-SVC-A2JBAHQKQUF5QLFN
    iptables -t nat -X KUBE-SEP-BNAJ7ISQLPI2EDHB
    iptables -t nat -X KUBE-SVC-64NTLME3HM3YGYCQ
    iptables -t nat -X KUBE-SEP-XCMDRX2KUCCHTXL7
    iptables -t nat -X KUBE-SVC-CSFYVIESNLJCNTKA
    iptables -t nat -X KUBE-SEP-TQSBG6SCYC3DKBIT
    iptables -t nat -X KUBE-SVC-ON7HEHZLWCWWW5W5
    iptables -t nat -X KUBE-SEP-FIUWJ5HP4SLGFHHH
    iptables -t nat -X KUBE-SVC-UTVAFYB3HDSMERHO
    iptables -t nat -X KUBE-SEP-XX5TDRZCFBTKSS7E
    iptables -t nat -X KUBE-SVC-I4YU2VUIQSEZSGEP
    iptables -t nat -X KUBE-SEP-CTVZXJNSUHP4XSBB
    iptables -t nat -X KUBE-SVC-U34JYSJR22L43ZND
    iptables -t nat -X KUBE-SEP-FCQ2R4LA44TEFI2R
    iptables -t nat -X KUBE-SVC-MBSE4DQRFZSIUTKJ
    iptables -t nat -X KUBE-SEP-H45RWJVI6YM672FM
    iptables -t nat -X KUBE-SVC-BMLJ3NZDRXV237FE
    iptables -t nat -X KUBE-SEP-5G5ARENTW2H5ML5M
    iptables -t nat -X KUBE-SVC-F5IKUD3V2AZAK6TW
    iptables -t nat -X KUBE-SEP-WB2CYCEXFYE22UP7
    iptables -t nat -X KUBE-SVC-U64BFRK5F6ZM2MWE
    iptables -t nat -X KUBE-SEP-AWNKUJEHLCOQRXVF
    iptables -t nat -X KUBE-SVC-JKEEOOG76JGSSM2V
    iptables -t nat -X KUBE-SEP-F5ZQT7JLRDZACXVA
    iptables -t nat -X KUBE-SVC-2KQYRPDBZILM4JGP
    iptables -t nat -X KUBE-SEP-56DT3ZIE2UHLDF3S
    iptables -t nat -X KUBE-SVC-LC5CQ5NJHKUZNJIQ
    iptables -t nat -X KUBE-SEP-CXNDM3NVUC4ATXNE
    iptables -t nat -X KUBE-SVC-3XDCLMRDTVT2ELLI
    iptables -t nat -X KUBE-SEP-ESKZS2QQOWN53UHD
    iptables -t nat -X KUBE-SVC-3TKO7XJSKCX5V6HR
    iptables -t nat -X KUBE-SEP-OVYBKYLAVOPTUKRJ
    iptables -t nat -X KUBE-SVC-FB36XPS2GOLGO7P2
    iptables -t nat -X KUBE-SEP-XKWLASD7P5WTRVBA
    iptables -t nat -X KUBE-SVC-JXWSP2SCMHXRSWYT
    iptables -t nat -X KUBE-SEP-6FMZBYBY65QEGYPY
    iptables -t nat -X KUBE-SVC-ELKI3LYBNRZBSXNV
    iptables -t nat -X KUBE-SEP-TDYPYD6OK3UBVYF5
    iptables -t nat -X KUBE-SVC-4EIOHTFQ2ANALH4O
    iptables -t nat -X KUBE-SEP-4NRCJ5SV3O6B52CG
    iptables -t nat -X KUBE-SVC-AI4ECOM6HUWMJ3Z6
    iptables -t nat -X KUBE-SEP-MMK7BBUWUALF4PFE
    iptables -t nat -X KUBE-SVC-6GRKFWWGC3ZTRBPO
    iptables -t nat -X KUBE-SEP-SNSKMSWQAIYB235F
    iptables -t nat -X KUBE-SVC-QU3FZODU7F52ORIL
    iptables -t nat -X KUBE-SEP-GXDKOBPACL5KIVFL
    iptables -t nat -X KUBE-SVC-X5PMANCMWIIBVGSU
    iptables -t nat -X KUBE-SEP-5R2ED33NGKXA5PPI
    iptables -t nat -X KUBE-SVC-CFJEYP7U33LVNWJB
    iptables -t nat -X KUBE-SEP-KYUSR2DKEHW62NUS
    iptables -t nat -X KUBE-SVC-2F2VXMGXT6Y34L2S
    iptables -t nat -X KUBE-SEP-RQNWP7SINAO6TNCG
    iptables -t nat -X KUBE-SVC-EDT4RC7FTYTUJ7UM
    iptables -t nat -X KUBE-SEP-DY2GYGC23RZBHCZQ
    iptables -t nat -X KUBE-SVC-MZLFTZXVDGCYKZTJ
    iptables -t nat -X KUBE-SEP-QLCA73OBEPBXS7UO
    iptables -t nat -X KUBE-SVC-NAXOVNRZKODBHS6Y
    iptables -t nat -X KUBE-SEP-5PT3M7MHOKXBRJE4
    iptables -t nat -X KUBE-SVC-5WXCNGSBRUZPJK3Y
    iptables -t nat -X KUBE-SEP-XXEMFXECJ2WVJJB6
    iptables -t nat -X KUBE-SVC-6UGFZARWRZ4JQC3W
    iptables -t nat -X KUBE-SEP-CF6QOXSVF2QIW5HJ
    iptables -t nat -X KUBE-SVC-EZAB3AL7MJT2MYY2
    iptables -t nat -X KUBE-SEP-IGDG4CMDDD67EAZ3
    iptables -t nat -X KUBE-SVC-CM4XYXBHLAP6HYVU
    iptables -t nat -X KUBE-SEP-NORTWVDPMYHDKNLQ
    iptables -t nat -X KUBE-SVC-ZFIATI6JAQC7CN7L
    iptables -t nat -X KUBE-SEP-LYSMXFV7YKBZXYYN
    iptables -t nat -X KUBE-SVC-AFAAA4F4CYV6GEDM
    iptables -t nat -X KUBE-SEP-QNCDFVZ37DRPALVO
    iptables -t nat -X KUBE-SVC-S4A5Y5ZTS2JD3LSB
    iptables -t nat -X KUBE-SEP-UX2ZKPZZNLIMRYII
    iptables -t nat -X KUBE-SVC-FJE7SMNZPHMBW5OE
    iptables -t nat -X KUBE-SEP-L7NG4PE7C2XHHSSS
    iptables -t nat -X KUBE-SVC-BIQ3BK3AF4DYYFNA
    iptables -t nat -X KUBE-SEP-Q7ZPNPPNSQ3NP22J
    iptables -t nat -X KUBE-SVC-JMVMRRGG5B2NI74O
    iptables -t nat -X KUBE-SEP-67RGU5ZDK4XMUFV2
    iptables -t nat -X KUBE-SVC-5S772KMBPSZSJOED
    iptables -t nat -X KUBE-SEP-2QDNR7KHGV3HN7EI
    iptables -t nat -X KUBE-SVC-4LYU3N2R3WVSDYQT
    iptables -t nat -X KUBE-SEP-OAZ6BIG5PVYGNQ52
    iptables -t nat -X KUBE-SVC-OO6KRNULX2ZP3IMN
    iptables -t nat -X KUBE-SEP-G7KEMQU4PXOCS2WT
    iptables -t nat -X KUBE-SVC-434CH2PV4HH3VOZJ
    iptables -t nat -X KUBE-SEP-ZYAKNX6BX7EIFEQT
    iptables -t nat -X KUBE-SVC-QFEO6KYXCOOLXBB6
    iptables -t nat -X KUBE-SEP-35TDZTDXS4XMLSPT
    iptables -t nat -X KUBE-SVC-RERJ6P6BTUIA775F
    iptables -t nat -X KUBE-SEP-I3YFZJW2ZZPUOCDO
    iptables -t nat -X KUBE-SVC-25UV65GNCFTGZNSN
    iptables -t nat -X KUBE-SEP-BH2ERBT3KHWYCPC7
    iptables -t nat -X KUBE-SVC-APAHPVJSDC2PBY74
    iptables -t nat -X KUBE-SEP-NB2BJCHEIFVWKRFU
    iptables -t nat -X KUBE-SVC-K4PSD7OEVGYCOTAJ
    iptables -t nat -X KUBE-SEP-L7HT774DC2QBQISR
    iptables -t nat -X KUBE-SVC-W5L6LD7W2ELSU3NS
    iptables -t nat -X KUBE-SEP-BZC3FT7XD73THLHL
    iptables -t nat -X KUBE-SVC-E7HBCQ452FMGZPMT
    iptables -t nat -X KUBE-SEP-VYWMAYYBGXMEAC5F
    iptables -t nat -X KUBE-SVC-EHFW2UBYT2HPZN4S
    iptables -t nat -X KUBE-SEP-HNRCYLEBBQZ6FA6F
    iptables -t nat -X KUBE-SVC-5SGJQ3GYZAA5UMLG
    iptables -t nat -X KUBE-SEP-E67AEIMCC5P4Y5ZT
    iptables -t nat -X KUBE-SVC-TPTROABSUEKTMZEJ
    iptables -t nat -X KUBE-SEP-2P3ECXCTVTSBOHM2
    iptables -t nat -X KUBE-SVC-KBL2KMDQS3SNIAVF
    iptables -t nat -X KUBE-SEP-33XUIQ6N2DF4MOXR
    iptables -t nat -X KUBE-SVC-OGONBPZXKWUJJOVD
    iptables -t nat -X KUBE-SEP-DTDTLFN75DMMZEQK
    iptables -t nat -X KUBE-SVC-QTDNDC6OCE6PH2QS
    iptables -t nat -X KUBE-SEP-HAJSCA2XENZSC7XM
    iptables -t nat -X KUBE-SVC-RBLT6F6ZO7U6V6O7
    iptables -t nat -X KUBE-SEP-IVHUHUATYE7AONDJ
    iptables -t nat -X KUBE-SVC-S5YMTUVCEISEZ5KZ
    iptables -t nat -X KUBE-SEP-6B7UGF4XJ6PEHDWY
    iptables -t nat -X KUBE-SVC-KWWYHOY4YKAMHRCD
    iptables -t nat -X KUBE-SEP-R3REE5527KCGYWTF
    iptables -t nat -X KUBE-SVC-325DGMNG63E4C7UM
    iptables -t nat -X KUBE-SEP-Y72KCTQ2KAA6CKQT
    iptables -t nat -X KUBE-SVC-DMG4FT6K72AQTZPE
    iptables -t nat -X KUBE-SEP-BK4LSSBQTGUGKTF2
    iptables -t nat -X KUBE-SVC-JGXWSJKGAK24IT5A
    iptables -t nat -X KUBE-SEP-3QWTZAEEO4M4PWIW
    iptables -t nat -X KUBE-SVC-YOXUXMN6Y7TVQ7BC
    iptables -t nat -X KUBE-SEP-V6YHGULLYKGKRJ7W
    iptables -t nat -X KUBE-SVC-ESAV67THD3E4D5I2
    iptables -t nat -X KUBE-SEP-LE4MPLJRX3HVHHUX
    iptables -t nat -X KUBE-SVC-4SVEE7OJOEA3PXGW
    iptables -t nat -X KUBE-SEP-6JJ7BIN3PAADU5BR
    iptables -t nat -X KUBE-SVC-NMYMFWPJ5GKZQDYJ
    iptables -t nat -X KUBE-SEP-YQR4ASV6ZKH5M343
    iptables -t nat -X KUBE-SVC-WAKZLAXAKVQVG3CM
    iptables -t nat -X KUBE-SEP-6EY4IH7GOG6X6SXI
    iptables -t nat -X KUBE-SVC-WGVRSLDYZLM5GGIA
    iptables -t nat -X KUBE-SEP-6WPVM4MVV6DDVRLI
    iptables -t nat -X KUBE-SVC-HFXEX6ZQJHRNLHWJ
    iptables -t nat -X KUBE-SEP-WY7C7E6SI536NHHY
    iptables -t nat -X KUBE-SVC-D3OCYKYYEM3MD7QX
    iptables -t nat -X KUBE-SEP-QATTJWMADGVRTU7O
    iptables -t nat -X KUBE-SVC-U3FASNRMNBUNIKHF
    iptables -t nat -X KUBE-SEP-N4EZPJIIX7M73ANP
    iptables -t nat -X KUBE-SVC-DPZ7J76ITA2U535T
    iptables -t nat -X KUBE-SEP-S4A2US6G2B7G6OHP
    iptables -t nat -X KUBE-SVC-SFYHQCY623G7QN3U
    iptables -t nat -X KUBE-SEP-BRJE2AORPM2QCMRS
    iptables -t nat -X KUBE-SVC-YVMQYTVVSIGFDETJ
    iptables -t nat -X KUBE-SEP-FQZJ72NGIKNPIUMH
    iptables -t nat -X KUBE-SVC-EJLRRBEN237RFMAK
    iptables -t nat -X KUBE-SEP-KKR3ODDTUWUFAR7M
    iptables -t nat -X KUBE-SVC-OQOH5YW5W7MKESWO
    iptables -t nat -X KUBE-SEP-YF6M3IWMW6VSKHW4
    iptables -t nat -X KUBE-SVC-MNLVD5VQBMT76EJG
    iptables -t nat -X KUBE-SEP-KDD6EM5Y3DX4N3JD
    iptables -t nat -X KUBE-SVC-WUUEPQNKHCOK7T3I
    iptables -t nat -X KUBE-SEP-B52ELP5FU3YXTIMQ
    iptables -t nat -X KUBE-SVC-YQ6ODUTRZU2RK47A
  fi
  if [ "$last" -ge 2 ]; then
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-JSNNWXVAPJGC35VG -m comment --comment default/nginx -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-JSNNWXVAPJGC35VG -m comment --comment default/nginx -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx -> 10.244.0.11:8080' -j KUBE-SEP-JSNNWXVAPJGC35VG
    iptables -t nat -D KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 80 -j KUBE-SVC-2CMXP7HKUVJN7L6M
    iptables -t nat -X KUBE-SEP-JSNNWXVAPJGC35VG
    iptables -t nat -X KUBE-SVC-2CMXP7HKUVJN7L6M
    iptables -t nat -X KUBE-MARK-MASQ
    iptables -t nat -X KUBE-POSTROUTING
    iptables -t nat -X KUBE-NODEPORTS
    iptables -t nat -X KUBE-SERVICES
    iptables -D OUTPUT -j KUBE-FIREWALL
    iptables -D INPUT -j KUBE-FIREWALL
    iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    iptables -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    iptables -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    iptables -D FORWARD -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
    iptables -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -D INPUT -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
    iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    iptables -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    iptables -D KUBE-FIREWALL -m comment --comment 'block incoming localnet connections' -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
    iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
    iptables -D KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
    iptables -X KUBE-FIREWALL
    iptables -X KUBE-PROXY-FIREWALL
    iptables -X KUBE-NODEPORTS
    iptables -X KUBE-FORWARD
    iptables -X KUBE-EXTERNAL-SERVICES
    iptables -X KUBE-SERVICES
    ip netns pids nginx | xargs -r kill || :
    iptables -t nat -D POSTROUTING --source 10.244.0.0/24 ! --destination 10.244.0.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    iptables -D FORWARD --in-interface cni0 --jump ACCEPT
    rm -f /etc/netns/nginx/hosts /etc/netns/probe/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/nginx /etc/netns/probe
    ip route delete default via 192.0.2.10
    ip -n router route delete default via 192.0.2.1
    ip -n router link set dev eth0 down
    ip -n router address delete 192.0.2.10/24 dev eth0
    ip -n router link set dev lo down
    ip -n probe route delete default via 10.244.0.1
    ip -n probe link set dev eth0 down
    ip -n probe address delete 10.244.0.21/24 dev eth0
    ip -n probe link set dev lo down
    ip -n nginx route delete default via 10.244.0.1
    ip -n nginx link set dev eth0 down
    ip -n nginx address delete 10.244.0.11/24 dev eth0
    ip -n nginx link set dev lo down
    ip link set dev out_router down
    ip address delete 192.0.2.1/24 dev out_router
    ip link delete dev out_router
    ip link set dev veth_probe type bridge_slave hairpin off
    ip link set dev veth_probe nomaster down
    ip link delete dev veth_probe
    ip link set dev veth_nginx type bridge_slave hairpin off
    ip link set dev veth_nginx nomaster down
    ip link delete dev veth_nginx
    ip netns delete router
    ip netns delete probe
    ip netns delete nginx
    ip link set dev cni0 down
    ip address delete 10.244.0.1/24 dev cni0
    ip link delete dev cni0
  fi
  sysctl --quiet --ignore --load="$settings"
  rm "$settings"
  rm "$reached"
}
if [ "$#" -gt 0 ] && [ "$1" = teardown ]; then
  teardown
  exit
fi

step() {
  echo "$1/5 $2"
  echo "$1" > "$reached"
}

# A Linux machine drops every packet that is not for itself until net.ipv4.ip_forward is 1. A
# Kubernetes node must pass packets on, between its pods and the world, so this comes before
# anything else.
step 1 Forwarding
sysctl -w net.ipv4.ip_forward=1
sysctl -w net.bridge.bridge-nf-call-iptables=1

# One service with one endpoint costs five rules: one in KUBE-SERVICES, two in its KUBE-SVC-… chain
# and two in its KUBE-SEP-… chain. KUBE-SERVICES now has that one and the rule for node ports, which
# is always the last.
step 2 'One service'
ip link add name cni0 type bridge
ip address add 10.244.0.1/24 dev cni0
ip link set dev cni0 up
ip netns add nginx
ip netns add probe
ip netns add router
ip link add name veth_nginx type veth peer name eth0 netns nginx
ip link set dev veth_nginx master cni0 up
ip link set dev veth_nginx type bridge_slave hairpin on
ip link add name veth_probe type veth peer name eth0 netns probe
ip link set dev veth_probe master cni0 up
ip link set dev veth_probe type bridge_slave hairpin on
ip link add name out_router type veth peer name eth0 netns router
ip address add 192.0.2.1/24 dev out_router
ip link set dev out_router up
ip -n nginx link set dev lo up
ip -n nginx address add 10.244.0.11/24 dev eth0
ip -n nginx link set dev eth0 up
ip -n nginx route add default via 10.244.0.1
ip -n probe link set dev lo up
ip -n probe address add 10.244.0.21/24 dev eth0
ip -n probe link set dev eth0 up
ip -n probe route add default via 10.244.0.1
ip -n router link set dev lo up
ip -n router address add 192.0.2.10/24 dev eth0
ip -n router link set dev eth0 up
ip -n router route add default via 192.0.2.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/nginx /etc/netns/probe
tee /etc/netns/nginx/hosts /etc/netns/probe/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.244.0.11	nginx
10.244.0.21	probe
10.96.62.137	nginx nginx.default nginx.default.svc nginx.default.svc.cluster.local
10.96.100.1	nginx-1 nginx-1.default nginx-1.default.svc nginx-1.default.svc.cluster.local
10.96.100.2	nginx-2 nginx-2.default nginx-2.default.svc nginx-2.default.svc.cluster.local
10.96.100.3	nginx-3 nginx-3.default nginx-3.default.svc nginx-3.default.svc.cluster.local
10.96.100.4	nginx-4 nginx-4.default nginx-4.default.svc nginx-4.default.svc.cluster.local
10.96.100.5	nginx-5 nginx-5.default nginx-5.default.svc nginx-5.default.svc.cluster.local
10.96.100.6	nginx-6 nginx-6.default nginx-6.default.svc nginx-6.default.svc.cluster.local
10.96.100.7	nginx-7 nginx-7.default nginx-7.default.svc nginx-7.default.svc.cluster.local
10.96.100.8	nginx-8 nginx-8.default nginx-8.default.svc nginx-8.default.svc.cluster.local
10.96.100.9	nginx-9 nginx-9.default nginx-9.default.svc nginx-9.default.svc.cluster.local
10.96.100.10	nginx-10 nginx-10.default nginx-10.default.svc nginx-10.default.svc.cluster.local
10.96.100.11	nginx-11 nginx-11.default nginx-11.default.svc nginx-11.default.svc.cluster.local
10.96.100.12	nginx-12 nginx-12.default nginx-12.default.svc nginx-12.default.svc.cluster.local
10.96.100.13	nginx-13 nginx-13.default nginx-13.default.svc nginx-13.default.svc.cluster.local
10.96.100.14	nginx-14 nginx-14.default nginx-14.default.svc nginx-14.default.svc.cluster.local
10.96.100.15	nginx-15 nginx-15.default nginx-15.default.svc nginx-15.default.svc.cluster.local
10.96.100.16	nginx-16 nginx-16.default nginx-16.default.svc nginx-16.default.svc.cluster.local
10.96.100.17	nginx-17 nginx-17.default nginx-17.default.svc nginx-17.default.svc.cluster.local
10.96.100.18	nginx-18 nginx-18.default nginx-18.default.svc nginx-18.default.svc.cluster.local
10.96.100.19	nginx-19 nginx-19.default nginx-19.default.svc nginx-19.default.svc.cluster.local
10.96.100.20	nginx-20 nginx-20.default nginx-20.default.svc nginx-20.default.svc.cluster.local
10.96.100.21	nginx-21 nginx-21.default nginx-21.default.svc nginx-21.default.svc.cluster.local
10.96.100.22	nginx-22 nginx-22.default nginx-22.default.svc nginx-22.default.svc.cluster.local
10.96.100.23	nginx-23 nginx-23.default nginx-23.default.svc nginx-23.default.svc.cluster.local
10.96.100.24	nginx-24 nginx-24.default nginx-24.default.svc nginx-24.default.svc.cluster.local
10.96.100.25	nginx-25 nginx-25.default nginx-25.default.svc nginx-25.default.svc.cluster.local
10.96.100.26	nginx-26 nginx-26.default nginx-26.default.svc nginx-26.default.svc.cluster.local
10.96.100.27	nginx-27 nginx-27.default nginx-27.default.svc nginx-27.default.svc.cluster.local
10.96.100.28	nginx-28 nginx-28.default nginx-28.default.svc nginx-28.default.svc.cluster.local
10.96.100.29	nginx-29 nginx-29.default nginx-29.default.svc nginx-29.default.svc.cluster.local
10.96.100.30	nginx-30 nginx-30.default nginx-30.default.svc nginx-30.default.svc.cluster.local
10.96.100.31	nginx-31 nginx-31.default nginx-31.default.svc nginx-31.default.svc.cluster.local
10.96.100.32	nginx-32 nginx-32.default nginx-32.default.svc nginx-32.default.svc.cluster.local
10.96.100.33	nginx-33 nginx-33.default nginx-33.default.svc nginx-33.default.svc.cluster.local
10.96.100.34	nginx-34 nginx-34.default nginx-34.default.svc nginx-34.default.svc.cluster.local
10.96.100.35	nginx-35 nginx-35.default nginx-35.default.svc nginx-35.default.svc.cluster.local
10.96.100.36	nginx-36 nginx-36.default nginx-36.default.svc nginx-36.default.svc.cluster.local
10.96.100.37	nginx-37 nginx-37.default nginx-37.default.svc nginx-37.default.svc.cluster.local
10.96.100.38	nginx-38 nginx-38.default nginx-38.default.svc nginx-38.default.svc.cluster.local
10.96.100.39	nginx-39 nginx-39.default nginx-39.default.svc nginx-39.default.svc.cluster.local
10.96.100.40	nginx-40 nginx-40.default nginx-40.default.svc nginx-40.default.svc.cluster.local
10.96.100.41	nginx-41 nginx-41.default nginx-41.default.svc nginx-41.default.svc.cluster.local
10.96.100.42	nginx-42 nginx-42.default nginx-42.default.svc nginx-42.default.svc.cluster.local
10.96.100.43	nginx-43 nginx-43.default nginx-43.default.svc nginx-43.default.svc.cluster.local
10.96.100.44	nginx-44 nginx-44.default nginx-44.default.svc nginx-44.default.svc.cluster.local
10.96.100.45	nginx-45 nginx-45.default nginx-45.default.svc nginx-45.default.svc.cluster.local
10.96.100.46	nginx-46 nginx-46.default nginx-46.default.svc nginx-46.default.svc.cluster.local
10.96.100.47	nginx-47 nginx-47.default nginx-47.default.svc nginx-47.default.svc.cluster.local
10.96.100.48	nginx-48 nginx-48.default nginx-48.default.svc nginx-48.default.svc.cluster.local
10.96.100.49	nginx-49 nginx-49.default nginx-49.default.svc nginx-49.default.svc.cluster.local
10.96.100.50	nginx-50 nginx-50.default nginx-50.default.svc nginx-50.default.svc.cluster.local
10.96.100.51	nginx-51 nginx-51.default nginx-51.default.svc nginx-51.default.svc.cluster.local
10.96.100.52	nginx-52 nginx-52.default nginx-52.default.svc nginx-52.default.svc.cluster.local
10.96.100.53	nginx-53 nginx-53.default nginx-53.default.svc nginx-53.default.svc.cluster.local
10.96.100.54	nginx-54 nginx-54.default nginx-54.default.svc nginx-54.default.svc.cluster.local
10.96.100.55	nginx-55 nginx-55.default nginx-55.default.svc nginx-55.default.svc.cluster.local
10.96.100.56	nginx-56 nginx-56.default nginx-56.default.svc nginx-56.default.svc.cluster.local
10.96.100.57	nginx-57 nginx-57.default nginx-57.default.svc nginx-57.default.svc.cluster.local
10.96.100.58	nginx-58 nginx-58.default nginx-58.default.svc nginx-58.default.svc.cluster.local
10.96.100.59	nginx-59 nginx-59.default nginx-59.default.svc nginx-59.default.svc.cluster.local
10.96.100.60	nginx-60 nginx-60.default nginx-60.default.svc nginx-60.default.svc.cluster.local
10.96.100.61	nginx-61 nginx-61.default nginx-61.default.svc nginx-61.default.svc.cluster.local
10.96.100.62	nginx-62 nginx-62.default nginx-62.default.svc nginx-62.default.svc.cluster.local
10.96.100.63	nginx-63 nginx-63.default nginx-63.default.svc nginx-63.default.svc.cluster.local
10.96.100.64	nginx-64 nginx-64.default nginx-64.default.svc nginx-64.default.svc.cluster.local
10.96.100.65	nginx-65 nginx-65.default nginx-65.default.svc nginx-65.default.svc.cluster.local
10.96.100.66	nginx-66 nginx-66.default nginx-66.default.svc nginx-66.default.svc.cluster.local
10.96.100.67	nginx-67 nginx-67.default nginx-67.default.svc nginx-67.default.svc.cluster.local
10.96.100.68	nginx-68 nginx-68.default nginx-68.default.svc nginx-68.default.svc.cluster.local
10.96.100.69	nginx-69 nginx-69.default nginx-69.default.svc nginx-69.default.svc.cluster.local
10.96.100.70	nginx-70 nginx-70.default nginx-70.default.svc nginx-70.default.svc.cluster.local
10.96.100.71	nginx-71 nginx-71.default nginx-71.default.svc nginx-71.default.svc.cluster.local
10.96.100.72	nginx-72 nginx-72.default nginx-72.default.svc nginx-72.default.svc.cluster.local
10.96.100.73	nginx-73 nginx-73.default nginx-73.default.svc nginx-73.default.svc.cluster.local
10.96.100.74	nginx-74 nginx-74.default nginx-74.default.svc nginx-74.default.svc.cluster.local
10.96.100.75	nginx-75 nginx-75.default nginx-75.default.svc nginx-75.default.svc.cluster.local
10.96.100.76	nginx-76 nginx-76.default nginx-76.default.svc nginx-76.default.svc.cluster.local
10.96.100.77	nginx-77 nginx-77.default nginx-77.default.svc nginx-77.default.svc.cluster.local
10.96.100.78	nginx-78 nginx-78.default nginx-78.default.svc nginx-78.default.svc.cluster.local
10.96.100.79	nginx-79 nginx-79.default nginx-79.default.svc nginx-79.default.svc.cluster.local
10.96.100.80	nginx-80 nginx-80.default nginx-80.default.svc nginx-80.default.svc.cluster.local
10.96.100.81	nginx-81 nginx-81.default nginx-81.default.svc nginx-81.default.svc.cluster.local
10.96.100.82	nginx-82 nginx-82.default nginx-82.default.svc nginx-82.default.svc.cluster.local
10.96.100.83	nginx-83 nginx-83.default nginx-83.default.svc nginx-83.default.svc.cluster.local
10.96.100.84	nginx-84 nginx-84.default nginx-84.default.svc nginx-84.default.svc.cluster.local
10.96.100.85	nginx-85 nginx-85.default nginx-85.default.svc nginx-85.default.svc.cluster.local
10.96.100.86	nginx-86 nginx-86.default nginx-86.default.svc nginx-86.default.svc.cluster.local
10.96.100.87	nginx-87 nginx-87.default nginx-87.default.svc nginx-87.default.svc.cluster.local
10.96.100.88	nginx-88 nginx-88.default nginx-88.default.svc nginx-88.default.svc.cluster.local
10.96.100.89	nginx-89 nginx-89.default nginx-89.default.svc nginx-89.default.svc.cluster.local
10.96.100.90	nginx-90 nginx-90.default nginx-90.default.svc nginx-90.default.svc.cluster.local
10.96.100.91	nginx-91 nginx-91.default nginx-91.default.svc nginx-91.default.svc.cluster.local
10.96.100.92	nginx-92 nginx-92.default nginx-92.default.svc nginx-92.default.svc.cluster.local
10.96.100.93	nginx-93 nginx-93.default nginx-93.default.svc nginx-93.default.svc.cluster.local
10.96.100.94	nginx-94 nginx-94.default nginx-94.default.svc nginx-94.default.svc.cluster.local
10.96.100.95	nginx-95 nginx-95.default nginx-95.default.svc nginx-95.default.svc.cluster.local
10.96.100.96	nginx-96 nginx-96.default nginx-96.default.svc nginx-96.default.svc.cluster.local
10.96.100.97	nginx-97 nginx-97.default nginx-97.default.svc nginx-97.default.svc.cluster.local
10.96.100.98	nginx-98 nginx-98.default nginx-98.default.svc nginx-98.default.svc.cluster.local
10.96.100.99	nginx-99 nginx-99.default nginx-99.default.svc nginx-99.default.svc.cluster.local
10.96.100.100	nginx-100 nginx-100.default nginx-100.default.svc nginx-100.default.svc.cluster.local
END
iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.244.0.0/24 ! --destination 10.244.0.0/24 --jump MASQUERADE
ip netns exec nginx "${NETLAB:-netlab}" serve 8080 --name nginx > /dev/null 2>&1 &
sysctl -w net.ipv4.conf.all.route_localnet=1
iptables -t filter -N KUBE-SERVICES
iptables -t filter -N KUBE-EXTERNAL-SERVICES
iptables -t filter -N KUBE-FORWARD
iptables -t filter -N KUBE-NODEPORTS
iptables -t filter -N KUBE-PROXY-FIREWALL
iptables -t filter -N KUBE-FIREWALL
iptables -t filter -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
iptables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
iptables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -t filter -A KUBE-FIREWALL -m comment --comment 'block incoming localnet connections' -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
iptables -t filter -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
iptables -t filter -I INPUT 1 -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t filter -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t filter -I FORWARD 1 -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
iptables -t filter -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
iptables -t filter -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
iptables -t filter -I INPUT 1 -j KUBE-FIREWALL
iptables -t filter -I OUTPUT 1 -j KUBE-FIREWALL
iptables -t nat -N KUBE-SERVICES
iptables -t nat -N KUBE-NODEPORTS
iptables -t nat -N KUBE-POSTROUTING
iptables -t nat -N KUBE-MARK-MASQ
iptables -t nat -N KUBE-SVC-2CMXP7HKUVJN7L6M
iptables -t nat -N KUBE-SEP-JSNNWXVAPJGC35VG
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/nginx cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 80 -j KUBE-SVC-2CMXP7HKUVJN7L6M
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx -> 10.244.0.11:8080' -j KUBE-SEP-JSNNWXVAPJGC35VG
iptables -t nat -A KUBE-SEP-JSNNWXVAPJGC35VG -m comment --comment default/nginx -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-JSNNWXVAPJGC35VG -m comment --comment default/nginx -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING

# nginx-1 to nginx-100 select the very same pod. No program was started for them and no packet has
# passed yet; they are nothing but addresses. Each brings its own five rules all the same, since a
# chain belongs to a service port and not to a pod. The nat table has grown by 500 rules.
step 3 'And a hundred more'
iptables -t nat -N KUBE-SVC-YQ6ODUTRZU2RK47A
iptables -t nat -N KUBE-SEP-B52ELP5FU3YXTIMQ
iptables -t nat -N KUBE-SVC-WUUEPQNKHCOK7T3I
iptables -t nat -N KUBE-SEP-KDD6EM5Y3DX4N3JD
iptables -t nat -N KUBE-SVC-MNLVD5VQBMT76EJG
iptables -t nat -N KUBE-SEP-YF6M3IWMW6VSKHW4
iptables -t nat -N KUBE-SVC-OQOH5YW5W7MKESWO
iptables -t nat -N KUBE-SEP-KKR3ODDTUWUFAR7M
iptables -t nat -N KUBE-SVC-EJLRRBEN237RFMAK
iptables -t nat -N KUBE-SEP-FQZJ72NGIKNPIUMH
iptables -t nat -N KUBE-SVC-YVMQYTVVSIGFDETJ
iptables -t nat -N KUBE-SEP-BRJE2AORPM2QCMRS
iptables -t nat -N KUBE-SVC-SFYHQCY623G7QN3U
iptables -t nat -N KUBE-SEP-S4A2US6G2B7G6OHP
iptables -t nat -N KUBE-SVC-DPZ7J76ITA2U535T
iptables -t nat -N KUBE-SEP-N4EZPJIIX7M73ANP
iptables -t nat -N KUBE-SVC-U3FASNRMNBUNIKHF
iptables -t nat -N KUBE-SEP-QATTJWMADGVRTU7O
iptables -t nat -N KUBE-SVC-D3OCYKYYEM3MD7QX
iptables -t nat -N KUBE-SEP-WY7C7E6SI536NHHY
iptables -t nat -N KUBE-SVC-HFXEX6ZQJHRNLHWJ
iptables -t nat -N KUBE-SEP-6WPVM4MVV6DDVRLI
iptables -t nat -N KUBE-SVC-WGVRSLDYZLM5GGIA
iptables -t nat -N KUBE-SEP-6EY4IH7GOG6X6SXI
iptables -t nat -N KUBE-SVC-WAKZLAXAKVQVG3CM
iptables -t nat -N KUBE-SEP-YQR4ASV6ZKH5M343
iptables -t nat -N KUBE-SVC-NMYMFWPJ5GKZQDYJ
iptables -t nat -N KUBE-SEP-6JJ7BIN3PAADU5BR
iptables -t nat -N KUBE-SVC-4SVEE7OJOEA3PXGW
iptables -t nat -N KUBE-SEP-LE4MPLJRX3HVHHUX
iptables -t nat -N KUBE-SVC-ESAV67THD3E4D5I2
iptables -t nat -N KUBE-SEP-V6YHGULLYKGKRJ7W
iptables -t nat -N KUBE-SVC-YOXUXMN6Y7TVQ7BC
iptables -t nat -N KUBE-SEP-3QWTZAEEO4M4PWIW
iptables -t nat -N KUBE-SVC-JGXWSJKGAK24IT5A
iptables -t nat -N KUBE-SEP-BK4LSSBQTGUGKTF2
iptables -t nat -N KUBE-SVC-DMG4FT6K72AQTZPE
iptables -t nat -N KUBE-SEP-Y72KCTQ2KAA6CKQT
iptables -t nat -N KUBE-SVC-325DGMNG63E4C7UM
iptables -t nat -N KUBE-SEP-R3REE5527KCGYWTF
iptables -t nat -N KUBE-SVC-KWWYHOY4YKAMHRCD
iptables -t nat -N KUBE-SEP-6B7UGF4XJ6PEHDWY
iptables -t nat -N KUBE-SVC-S5YMTUVCEISEZ5KZ
iptables -t nat -N KUBE-SEP-IVHUHUATYE7AONDJ
iptables -t nat -N KUBE-SVC-RBLT6F6ZO7U6V6O7
iptables -t nat -N KUBE-SEP-HAJSCA2XENZSC7XM
iptables -t nat -N KUBE-SVC-QTDNDC6OCE6PH2QS
iptables -t nat -N KUBE-SEP-DTDTLFN75DMMZEQK
iptables -t nat -N KUBE-SVC-OGONBPZXKWUJJOVD
iptables -t nat -N KUBE-SEP-33XUIQ6N2DF4MOXR
iptables -t nat -N KUBE-SVC-KBL2KMDQS3SNIAVF
iptables -t nat -N KUBE-SEP-2P3ECXCTVTSBOHM2
iptables -t nat -N KUBE-SVC-TPTROABSUEKTMZEJ
iptables -t nat -N KUBE-SEP-E67AEIMCC5P4Y5ZT
iptables -t nat -N KUBE-SVC-5SGJQ3GYZAA5UMLG
iptables -t nat -N KUBE-SEP-HNRCYLEBBQZ6FA6F
iptables -t nat -N KUBE-SVC-EHFW2UBYT2HPZN4S
iptables -t nat -N KUBE-SEP-VYWMAYYBGXMEAC5F
iptables -t nat -N KUBE-SVC-E7HBCQ452FMGZPMT
iptables -t nat -N KUBE-SEP-BZC3FT7XD73THLHL
iptables -t nat -N KUBE-SVC-W5L6LD7W2ELSU3NS
iptables -t nat -N KUBE-SEP-L7HT774DC2QBQISR
iptables -t nat -N KUBE-SVC-K4PSD7OEVGYCOTAJ
iptables -t nat -N KUBE-SEP-NB2BJCHEIFVWKRFU
iptables -t nat -N KUBE-SVC-APAHPVJSDC2PBY74
iptables -t nat -N KUBE-SEP-BH2ERBT3KHWYCPC7
iptables -t nat -N KUBE-SVC-25UV65GNCFTGZNSN
iptables -t nat -N KUBE-SEP-I3YFZJW2ZZPUOCDO
iptables -t nat -N KUBE-SVC-RERJ6P6BTUIA775F
iptables -t nat -N KUBE-SEP-35TDZTDXS4XMLSPT
iptables -t nat -N KUBE-SVC-QFEO6KYXCOOLXBB6
iptables -t nat -N KUBE-SEP-ZYAKNX6BX7EIFEQT
iptables -t nat -N KUBE-SVC-434CH2PV4HH3VOZJ
iptables -t nat -N KUBE-SEP-G7KEMQU4PXOCS2WT
iptables -t nat -N KUBE-SVC-OO6KRNULX2ZP3IMN
iptables -t nat -N KUBE-SEP-OAZ6BIG5PVYGNQ52
iptables -t nat -N KUBE-SVC-4LYU3N2R3WVSDYQT
iptables -t nat -N KUBE-SEP-2QDNR7KHGV3HN7EI
iptables -t nat -N KUBE-SVC-5S772KMBPSZSJOED
iptables -t nat -N KUBE-SEP-67RGU5ZDK4XMUFV2
iptables -t nat -N KUBE-SVC-JMVMRRGG5B2NI74O
iptables -t nat -N KUBE-SEP-Q7ZPNPPNSQ3NP22J
iptables -t nat -N KUBE-SVC-BIQ3BK3AF4DYYFNA
iptables -t nat -N KUBE-SEP-L7NG4PE7C2XHHSSS
iptables -t nat -N KUBE-SVC-FJE7SMNZPHMBW5OE
iptables -t nat -N KUBE-SEP-UX2ZKPZZNLIMRYII
iptables -t nat -N KUBE-SVC-S4A5Y5ZTS2JD3LSB
iptables -t nat -N KUBE-SEP-QNCDFVZ37DRPALVO
iptables -t nat -N KUBE-SVC-AFAAA4F4CYV6GEDM
iptables -t nat -N KUBE-SEP-LYSMXFV7YKBZXYYN
iptables -t nat -N KUBE-SVC-ZFIATI6JAQC7CN7L
iptables -t nat -N KUBE-SEP-NORTWVDPMYHDKNLQ
iptables -t nat -N KUBE-SVC-CM4XYXBHLAP6HYVU
iptables -t nat -N KUBE-SEP-IGDG4CMDDD67EAZ3
iptables -t nat -N KUBE-SVC-EZAB3AL7MJT2MYY2
iptables -t nat -N KUBE-SEP-CF6QOXSVF2QIW5HJ
iptables -t nat -N KUBE-SVC-6UGFZARWRZ4JQC3W
iptables -t nat -N KUBE-SEP-XXEMFXECJ2WVJJB6
iptables -t nat -N KUBE-SVC-5WXCNGSBRUZPJK3Y
iptables -t nat -N KUBE-SEP-5PT3M7MHOKXBRJE4
iptables -t nat -N KUBE-SVC-NAXOVNRZKODBHS6Y
iptables -t nat -N KUBE-SEP-QLCA73OBEPBXS7UO
iptables -t nat -N KUBE-SVC-MZLFTZXVDGCYKZTJ
iptables -t nat -N KUBE-SEP-DY2GYGC23RZBHCZQ
iptables -t nat -N KUBE-SVC-EDT4RC7FTYTUJ7UM
iptables -t nat -N KUBE-SEP-RQNWP7SINAO6TNCG
iptables -t nat -N KUBE-SVC-2F2VXMGXT6Y34L2S
iptables -t nat -N KUBE-SEP-KYUSR2DKEHW62NUS
iptables -t nat -N KUBE-SVC-CFJEYP7U33LVNWJB
iptables -t nat -N KUBE-SEP-5R2ED33NGKXA5PPI
iptables -t nat -N KUBE-SVC-X5PMANCMWIIBVGSU
iptables -t nat -N KUBE-SEP-GXDKOBPACL5KIVFL
iptables -t nat -N KUBE-SVC-QU3FZODU7F52ORIL
iptables -t nat -N KUBE-SEP-SNSKMSWQAIYB235F
iptables -t nat -N KUBE-SVC-6GRKFWWGC3ZTRBPO
iptables -t nat -N KUBE-SEP-MMK7BBUWUALF4PFE
iptables -t nat -N KUBE-SVC-AI4ECOM6HUWMJ3Z6
iptables -t nat -N KUBE-SEP-4NRCJ5SV3O6B52CG
iptables -t nat -N KUBE-SVC-4EIOHTFQ2ANALH4O
iptables -t nat -N KUBE-SEP-TDYPYD6OK3UBVYF5
iptables -t nat -N KUBE-SVC-ELKI3LYBNRZBSXNV
iptables -t nat -N KUBE-SEP-6FMZBYBY65QEGYPY
iptables -t nat -N KUBE-SVC-JXWSP2SCMHXRSWYT
iptables -t nat -N KUBE-SEP-XKWLASD7P5WTRVBA
iptables -t nat -N KUBE-SVC-FB36XPS2GOLGO7P2
iptables -t nat -N KUBE-SEP-OVYBKYLAVOPTUKRJ
iptables -t nat -N KUBE-SVC-3TKO7XJSKCX5V6HR
iptables -t nat -N KUBE-SEP-ESKZS2QQOWN53UHD
iptables -t nat -N KUBE-SVC-3XDCLMRDTVT2ELLI
iptables -t nat -N KUBE-SEP-CXNDM3NVUC4ATXNE
iptables -t nat -N KUBE-SVC-LC5CQ5NJHKUZNJIQ
iptables -t nat -N KUBE-SEP-56DT3ZIE2UHLDF3S
iptables -t nat -N KUBE-SVC-2KQYRPDBZILM4JGP
iptables -t nat -N KUBE-SEP-F5ZQT7JLRDZACXVA
iptables -t nat -N KUBE-SVC-JKEEOOG76JGSSM2V
iptables -t nat -N KUBE-SEP-AWNKUJEHLCOQRXVF
iptables -t nat -N KUBE-SVC-U64BFRK5F6ZM2MWE
iptables -t nat -N KUBE-SEP-WB2CYCEXFYE22UP7
iptables -t nat -N KUBE-SVC-F5IKUD3V2AZAK6TW
iptables -t nat -N KUBE-SEP-5G5ARENTW2H5ML5M
iptables -t nat -N KUBE-SVC-BMLJ3NZDRXV237FE
iptables -t nat -N KUBE-SEP-H45RWJVI6YM672FM
iptables -t nat -N KUBE-SVC-MBSE4DQRFZSIUTKJ
iptables -t nat -N KUBE-SEP-FCQ2R4LA44TEFI2R
iptables -t nat -N KUBE-SVC-U34JYSJR22L43ZND
iptables -t nat -N KUBE-SEP-CTVZXJNSUHP4XSBB
iptables -t nat -N KUBE-SVC-I4YU2VUIQSEZSGEP
iptables -t nat -N KUBE-SEP-XX5TDRZCFBTKSS7E
iptables -t nat -N KUBE-SVC-UTVAFYB3HDSMERHO
iptables -t nat -N KUBE-SEP-FIUWJ5HP4SLGFHHH
iptables -t nat -N KUBE-SVC-ON7HEHZLWCWWW5W5
iptables -t nat -N KUBE-SEP-TQSBG6SCYC3DKBIT
iptables -t nat -N KUBE-SVC-CSFYVIESNLJCNTKA
iptables -t nat -N KUBE-SEP-XCMDRX2KUCCHTXL7
iptables -t nat -N KUBE-SVC-64NTLME3HM3YGYCQ
iptables -t nat -N KUBE-SEP-BNAJ7ISQLPI2EDHB
iptables -t nat -N KUBE-SVC-A2JBAHQKQUF5QLFN
iptables -t nat -N KUBE-SEP-5GVCC5DEWJQS6EXS
iptables -t nat -N KUBE-SVC-DFNHM54ZZ23Y7HZC
iptables -t nat -N KUBE-SEP-MHEWTVJIWH7FNJRC
iptables -t nat -N KUBE-SVC-PMGRGI5XW367S3XE
iptables -t nat -N KUBE-SEP-NVBJKBAU72V2YCCT
iptables -t nat -N KUBE-SVC-QR6IPLLGV7GTOKP5
iptables -t nat -N KUBE-SEP-NWLVT7H6QWGMXR3D
iptables -t nat -N KUBE-SVC-JVAQ3T3GSIBFTI4T
iptables -t nat -N KUBE-SEP-POPPBW4VOTECGVHT
iptables -t nat -N KUBE-SVC-6EHF6QLWNLTB6BYR
iptables -t nat -N KUBE-SEP-RJK6I5GR3WYAA7AZ
iptables -t nat -N KUBE-SVC-ZTNKOZKOX72Z6UEU
iptables -t nat -N KUBE-SEP-OAARDMQNZO6EUIB4
iptables -t nat -N KUBE-SVC-GMLMOA4V3ZODNM2H
iptables -t nat -N KUBE-SEP-6J6CTAFXZF3TJIMV
iptables -t nat -N KUBE-SVC-D5VVA6AZLKSI6QCL
iptables -t nat -N KUBE-SEP-S6T6CBPUXUZ5G4SR
iptables -t nat -N KUBE-SVC-LD37GSULZOGL63IU
iptables -t nat -N KUBE-SEP-NHFUPUBWKPV52XP5
iptables -t nat -N KUBE-SVC-RHNR37CYZOXQU6D6
iptables -t nat -N KUBE-SEP-FPHGQ2NQ4OSO6NFX
iptables -t nat -N KUBE-SVC-PRMJTXY4N47AOXNM
iptables -t nat -N KUBE-SEP-KCNQFKHIY33VNMCE
iptables -t nat -N KUBE-SVC-UJWGOSFGPFUCN6VF
iptables -t nat -N KUBE-SEP-LVONSMOFQP2TMCFB
iptables -t nat -N KUBE-SVC-6DGMXONQZWYRV7S7
iptables -t nat -N KUBE-SEP-BVTHB2JVAQTQ5SS7
iptables -t nat -N KUBE-SVC-SS52VJ7DOIEQLD3P
iptables -t nat -N KUBE-SEP-KDJ7VDFJD47OSCFU
iptables -t nat -N KUBE-SVC-ESC4OFCMUK3L4M2L
iptables -t nat -N KUBE-SEP-UFWBH6WFSJC45NTN
iptables -t nat -N KUBE-SVC-YNC5FH63GJST47YU
iptables -t nat -N KUBE-SEP-WIGSLM2KQZSXSGOV
iptables -t nat -N KUBE-SVC-TVPENJY3QRGGO7ZM
iptables -t nat -N KUBE-SEP-FHFCFWRB4EAWVQ3C
iptables -t nat -N KUBE-SVC-PWIJNDTWF22GXMES
iptables -t nat -N KUBE-SEP-4ANFVGZJQU6QNYFX
iptables -t nat -N KUBE-SVC-OEG5NSN2NPVVEVIG
iptables -t nat -N KUBE-SEP-KTWWLEFZMPXND65V
iptables -t nat -N KUBE-SVC-NNIICOZUOVU2DVZO
iptables -t nat -N KUBE-SEP-EWYBZP26GED6VAFE
iptables -t nat -N KUBE-SVC-CDSUJZ4JZ7F65XW5
iptables -t nat -N KUBE-SEP-YTYD2J7NTT6NIQGE
iptables -t nat -I KUBE-SERVICES 2 -m comment --comment 'default/nginx-1 cluster IP' -m tcp -p tcp -d 10.96.100.1 --dport 80 -j KUBE-SVC-YQ6ODUTRZU2RK47A
iptables -t nat -I KUBE-SERVICES 3 -m comment --comment 'default/nginx-10 cluster IP' -m tcp -p tcp -d 10.96.100.10 --dport 80 -j KUBE-SVC-WUUEPQNKHCOK7T3I
iptables -t nat -I KUBE-SERVICES 4 -m comment --comment 'default/nginx-100 cluster IP' -m tcp -p tcp -d 10.96.100.100 --dport 80 -j KUBE-SVC-MNLVD5VQBMT76EJG
iptables -t nat -I KUBE-SERVICES 5 -m comment --comment 'default/nginx-11 cluster IP' -m tcp -p tcp -d 10.96.100.11 --dport 80 -j KUBE-SVC-OQOH5YW5W7MKESWO
iptables -t nat -I KUBE-SERVICES 6 -m comment --comment 'default/nginx-12 cluster IP' -m tcp -p tcp -d 10.96.100.12 --dport 80 -j KUBE-SVC-EJLRRBEN237RFMAK
iptables -t nat -I KUBE-SERVICES 7 -m comment --comment 'default/nginx-13 cluster IP' -m tcp -p tcp -d 10.96.100.13 --dport 80 -j KUBE-SVC-YVMQYTVVSIGFDETJ
iptables -t nat -I KUBE-SERVICES 8 -m comment --comment 'default/nginx-14 cluster IP' -m tcp -p tcp -d 10.96.100.14 --dport 80 -j KUBE-SVC-SFYHQCY623G7QN3U
iptables -t nat -I KUBE-SERVICES 9 -m comment --comment 'default/nginx-15 cluster IP' -m tcp -p tcp -d 10.96.100.15 --dport 80 -j KUBE-SVC-DPZ7J76ITA2U535T
iptables -t nat -I KUBE-SERVICES 10 -m comment --comment 'default/nginx-16 cluster IP' -m tcp -p tcp -d 10.96.100.16 --dport 80 -j KUBE-SVC-U3FASNRMNBUNIKHF
iptables -t nat -I KUBE-SERVICES 11 -m comment --comment 'default/nginx-17 cluster IP' -m tcp -p tcp -d 10.96.100.17 --dport 80 -j KUBE-SVC-D3OCYKYYEM3MD7QX
iptables -t nat -I KUBE-SERVICES 12 -m comment --comment 'default/nginx-18 cluster IP' -m tcp -p tcp -d 10.96.100.18 --dport 80 -j KUBE-SVC-HFXEX6ZQJHRNLHWJ
iptables -t nat -I KUBE-SERVICES 13 -m comment --comment 'default/nginx-19 cluster IP' -m tcp -p tcp -d 10.96.100.19 --dport 80 -j KUBE-SVC-WGVRSLDYZLM5GGIA
iptables -t nat -I KUBE-SERVICES 14 -m comment --comment 'default/nginx-2 cluster IP' -m tcp -p tcp -d 10.96.100.2 --dport 80 -j KUBE-SVC-WAKZLAXAKVQVG3CM
iptables -t nat -I KUBE-SERVICES 15 -m comment --comment 'default/nginx-20 cluster IP' -m tcp -p tcp -d 10.96.100.20 --dport 80 -j KUBE-SVC-NMYMFWPJ5GKZQDYJ
iptables -t nat -I KUBE-SERVICES 16 -m comment --comment 'default/nginx-21 cluster IP' -m tcp -p tcp -d 10.96.100.21 --dport 80 -j KUBE-SVC-4SVEE7OJOEA3PXGW
iptables -t nat -I KUBE-SERVICES 17 -m comment --comment 'default/nginx-22 cluster IP' -m tcp -p tcp -d 10.96.100.22 --dport 80 -j KUBE-SVC-ESAV67THD3E4D5I2
iptables -t nat -I KUBE-SERVICES 18 -m comment --comment 'default/nginx-23 cluster IP' -m tcp -p tcp -d 10.96.100.23 --dport 80 -j KUBE-SVC-YOXUXMN6Y7TVQ7BC
iptables -t nat -I KUBE-SERVICES 19 -m comment --comment 'default/nginx-24 cluster IP' -m tcp -p tcp -d 10.96.100.24 --dport 80 -j KUBE-SVC-JGXWSJKGAK24IT5A
iptables -t nat -I KUBE-SERVICES 20 -m comment --comment 'default/nginx-25 cluster IP' -m tcp -p tcp -d 10.96.100.25 --dport 80 -j KUBE-SVC-DMG4FT6K72AQTZPE
iptables -t nat -I KUBE-SERVICES 21 -m comment --comment 'default/nginx-26 cluster IP' -m tcp -p tcp -d 10.96.100.26 --dport 80 -j KUBE-SVC-325DGMNG63E4C7UM
iptables -t nat -I KUBE-SERVICES 22 -m comment --comment 'default/nginx-27 cluster IP' -m tcp -p tcp -d 10.96.100.27 --dport 80 -j KUBE-SVC-KWWYHOY4YKAMHRCD
iptables -t nat -I KUBE-SERVICES 23 -m comment --comment 'default/nginx-28 cluster IP' -m tcp -p tcp -d 10.96.100.28 --dport 80 -j KUBE-SVC-S5YMTUVCEISEZ5KZ
iptables -t nat -I KUBE-SERVICES 24 -m comment --comment 'default/nginx-29 cluster IP' -m tcp -p tcp -d 10.96.100.29 --dport 80 -j KUBE-SVC-RBLT6F6ZO7U6V6O7
iptables -t nat -I KUBE-SERVICES 25 -m comment --comment 'default/nginx-3 cluster IP' -m tcp -p tcp -d 10.96.100.3 --dport 80 -j KUBE-SVC-QTDNDC6OCE6PH2QS
iptables -t nat -I KUBE-SERVICES 26 -m comment --comment 'default/nginx-30 cluster IP' -m tcp -p tcp -d 10.96.100.30 --dport 80 -j KUBE-SVC-OGONBPZXKWUJJOVD
iptables -t nat -I KUBE-SERVICES 27 -m comment --comment 'default/nginx-31 cluster IP' -m tcp -p tcp -d 10.96.100.31 --dport 80 -j KUBE-SVC-KBL2KMDQS3SNIAVF
iptables -t nat -I KUBE-SERVICES 28 -m comment --comment 'default/nginx-32 cluster IP' -m tcp -p tcp -d 10.96.100.32 --dport 80 -j KUBE-SVC-TPTROABSUEKTMZEJ
iptables -t nat -I KUBE-SERVICES 29 -m comment --comment 'default/nginx-33 cluster IP' -m tcp -p tcp -d 10.96.100.33 --dport 80 -j KUBE-SVC-5SGJQ3GYZAA5UMLG
iptables -t nat -I KUBE-SERVICES 30 -m comment --comment 'default/nginx-34 cluster IP' -m tcp -p tcp -d 10.96.100.34 --dport 80 -j KUBE-SVC-EHFW2UBYT2HPZN4S
iptables -t nat -I KUBE-SERVICES 31 -m comment --comment 'default/nginx-35 cluster IP' -m tcp -p tcp -d 10.96.100.35 --dport 80 -j KUBE-SVC-E7HBCQ452FMGZPMT
iptables -t nat -I KUBE-SERVICES 32 -m comment --comment 'default/nginx-36 cluster IP' -m tcp -p tcp -d 10.96.100.36 --dport 80 -j KUBE-SVC-W5L6LD7W2ELSU3NS
iptables -t nat -I KUBE-SERVICES 33 -m comment --comment 'default/nginx-37 cluster IP' -m tcp -p tcp -d 10.96.100.37 --dport 80 -j KUBE-SVC-K4PSD7OEVGYCOTAJ
iptables -t nat -I KUBE-SERVICES 34 -m comment --comment 'default/nginx-38 cluster IP' -m tcp -p tcp -d 10.96.100.38 --dport 80 -j KUBE-SVC-APAHPVJSDC2PBY74
iptables -t nat -I KUBE-SERVICES 35 -m comment --comment 'default/nginx-39 cluster IP' -m tcp -p tcp -d 10.96.100.39 --dport 80 -j KUBE-SVC-25UV65GNCFTGZNSN
iptables -t nat -I KUBE-SERVICES 36 -m comment --comment 'default/nginx-4 cluster IP' -m tcp -p tcp -d 10.96.100.4 --dport 80 -j KUBE-SVC-RERJ6P6BTUIA775F
iptables -t nat -I KUBE-SERVICES 37 -m comment --comment 'default/nginx-40 cluster IP' -m tcp -p tcp -d 10.96.100.40 --dport 80 -j KUBE-SVC-QFEO6KYXCOOLXBB6
iptables -t nat -I KUBE-SERVICES 38 -m comment --comment 'default/nginx-41 cluster IP' -m tcp -p tcp -d 10.96.100.41 --dport 80 -j KUBE-SVC-434CH2PV4HH3VOZJ
iptables -t nat -I KUBE-SERVICES 39 -m comment --comment 'default/nginx-42 cluster IP' -m tcp -p tcp -d 10.96.100.42 --dport 80 -j KUBE-SVC-OO6KRNULX2ZP3IMN
iptables -t nat -I KUBE-SERVICES 40 -m comment --comment 'default/nginx-43 cluster IP' -m tcp -p tcp -d 10.96.100.43 --dport 80 -j KUBE-SVC-4LYU3N2R3WVSDYQT
iptables -t nat -I KUBE-SERVICES 41 -m comment --comment 'default/nginx-44 cluster IP' -m tcp -p tcp -d 10.96.100.44 --dport 80 -j KUBE-SVC-5S772KMBPSZSJOED
iptables -t nat -I KUBE-SERVICES 42 -m comment --comment 'default/nginx-45 cluster IP' -m tcp -p tcp -d 10.96.100.45 --dport 80 -j KUBE-SVC-JMVMRRGG5B2NI74O
iptables -t nat -I KUBE-SERVICES 43 -m comment --comment 'default/nginx-46 cluster IP' -m tcp -p tcp -d 10.96.100.46 --dport 80 -j KUBE-SVC-BIQ3BK3AF4DYYFNA
iptables -t nat -I KUBE-SERVICES 44 -m comment --comment 'default/nginx-47 cluster IP' -m tcp -p tcp -d 10.96.100.47 --dport 80 -j KUBE-SVC-FJE7SMNZPHMBW5OE
iptables -t nat -I KUBE-SERVICES 45 -m comment --comment 'default/nginx-48 cluster IP' -m tcp -p tcp -d 10.96.100.48 --dport 80 -j KUBE-SVC-S4A5Y5ZTS2JD3LSB
iptables -t nat -I KUBE-SERVICES 46 -m comment --comment 'default/nginx-49 cluster IP' -m tcp -p tcp -d 10.96.100.49 --dport 80 -j KUBE-SVC-AFAAA4F4CYV6GEDM
iptables -t nat -I KUBE-SERVICES 47 -m comment --comment 'default/nginx-5 cluster IP' -m tcp -p tcp -d 10.96.100.5 --dport 80 -j KUBE-SVC-ZFIATI6JAQC7CN7L
iptables -t nat -I KUBE-SERVICES 48 -m comment --comment 'default/nginx-50 cluster IP' -m tcp -p tcp -d 10.96.100.50 --dport 80 -j KUBE-SVC-CM4XYXBHLAP6HYVU
iptables -t nat -I KUBE-SERVICES 49 -m comment --comment 'default/nginx-51 cluster IP' -m tcp -p tcp -d 10.96.100.51 --dport 80 -j KUBE-SVC-EZAB3AL7MJT2MYY2
iptables -t nat -I KUBE-SERVICES 50 -m comment --comment 'default/nginx-52 cluster IP' -m tcp -p tcp -d 10.96.100.52 --dport 80 -j KUBE-SVC-6UGFZARWRZ4JQC3W
iptables -t nat -I KUBE-SERVICES 51 -m comment --comment 'default/nginx-53 cluster IP' -m tcp -p tcp -d 10.96.100.53 --dport 80 -j KUBE-SVC-5WXCNGSBRUZPJK3Y
iptables -t nat -I KUBE-SERVICES 52 -m comment --comment 'default/nginx-54 cluster IP' -m tcp -p tcp -d 10.96.100.54 --dport 80 -j KUBE-SVC-NAXOVNRZKODBHS6Y
iptables -t nat -I KUBE-SERVICES 53 -m comment --comment 'default/nginx-55 cluster IP' -m tcp -p tcp -d 10.96.100.55 --dport 80 -j KUBE-SVC-MZLFTZXVDGCYKZTJ
iptables -t nat -I KUBE-SERVICES 54 -m comment --comment 'default/nginx-56 cluster IP' -m tcp -p tcp -d 10.96.100.56 --dport 80 -j KUBE-SVC-EDT4RC7FTYTUJ7UM
iptables -t nat -I KUBE-SERVICES 55 -m comment --comment 'default/nginx-57 cluster IP' -m tcp -p tcp -d 10.96.100.57 --dport 80 -j KUBE-SVC-2F2VXMGXT6Y34L2S
iptables -t nat -I KUBE-SERVICES 56 -m comment --comment 'default/nginx-58 cluster IP' -m tcp -p tcp -d 10.96.100.58 --dport 80 -j KUBE-SVC-CFJEYP7U33LVNWJB
iptables -t nat -I KUBE-SERVICES 57 -m comment --comment 'default/nginx-59 cluster IP' -m tcp -p tcp -d 10.96.100.59 --dport 80 -j KUBE-SVC-X5PMANCMWIIBVGSU
iptables -t nat -I KUBE-SERVICES 58 -m comment --comment 'default/nginx-6 cluster IP' -m tcp -p tcp -d 10.96.100.6 --dport 80 -j KUBE-SVC-QU3FZODU7F52ORIL
iptables -t nat -I KUBE-SERVICES 59 -m comment --comment 'default/nginx-60 cluster IP' -m tcp -p tcp -d 10.96.100.60 --dport 80 -j KUBE-SVC-6GRKFWWGC3ZTRBPO
iptables -t nat -I KUBE-SERVICES 60 -m comment --comment 'default/nginx-61 cluster IP' -m tcp -p tcp -d 10.96.100.61 --dport 80 -j KUBE-SVC-AI4ECOM6HUWMJ3Z6
iptables -t nat -I KUBE-SERVICES 61 -m comment --comment 'default/nginx-62 cluster IP' -m tcp -p tcp -d 10.96.100.62 --dport 80 -j KUBE-SVC-4EIOHTFQ2ANALH4O
iptables -t nat -I KUBE-SERVICES 62 -m comment --comment 'default/nginx-63 cluster IP' -m tcp -p tcp -d 10.96.100.63 --dport 80 -j KUBE-SVC-ELKI3LYBNRZBSXNV
iptables -t nat -I KUBE-SERVICES 63 -m comment --comment 'default/nginx-64 cluster IP' -m tcp -p tcp -d 10.96.100.64 --dport 80 -j KUBE-SVC-JXWSP2SCMHXRSWYT
iptables -t nat -I KUBE-SERVICES 64 -m comment --comment 'default/nginx-65 cluster IP' -m tcp -p tcp -d 10.96.100.65 --dport 80 -j KUBE-SVC-FB36XPS2GOLGO7P2
iptables -t nat -I KUBE-SERVICES 65 -m comment --comment 'default/nginx-66 cluster IP' -m tcp -p tcp -d 10.96.100.66 --dport 80 -j KUBE-SVC-3TKO7XJSKCX5V6HR
iptables -t nat -I KUBE-SERVICES 66 -m comment --comment 'default/nginx-67 cluster IP' -m tcp -p tcp -d 10.96.100.67 --dport 80 -j KUBE-SVC-3XDCLMRDTVT2ELLI
iptables -t nat -I KUBE-SERVICES 67 -m comment --comment 'default/nginx-68 cluster IP' -m tcp -p tcp -d 10.96.100.68 --dport 80 -j KUBE-SVC-LC5CQ5NJHKUZNJIQ
iptables -t nat -I KUBE-SERVICES 68 -m comment --comment 'default/nginx-69 cluster IP' -m tcp -p tcp -d 10.96.100.69 --dport 80 -j KUBE-SVC-2KQYRPDBZILM4JGP
iptables -t nat -I KUBE-SERVICES 69 -m comment --comment 'default/nginx-7 cluster IP' -m tcp -p tcp -d 10.96.100.7 --dport 80 -j KUBE-SVC-JKEEOOG76JGSSM2V
iptables -t nat -I KUBE-SERVICES 70 -m comment --comment 'default/nginx-70 cluster IP' -m tcp -p tcp -d 10.96.100.70 --dport 80 -j KUBE-SVC-U64BFRK5F6ZM2MWE
iptables -t nat -I KUBE-SERVICES 71 -m comment --comment 'default/nginx-71 cluster IP' -m tcp -p tcp -d 10.96.100.71 --dport 80 -j KUBE-SVC-F5IKUD3V2AZAK6TW
iptables -t nat -I KUBE-SERVICES 72 -m comment --comment 'default/nginx-72 cluster IP' -m tcp -p tcp -d 10.96.100.72 --dport 80 -j KUBE-SVC-BMLJ3NZDRXV237FE
iptables -t nat -I KUBE-SERVICES 73 -m comment --comment 'default/nginx-73 cluster IP' -m tcp -p tcp -d 10.96.100.73 --dport 80 -j KUBE-SVC-MBSE4DQRFZSIUTKJ
iptables -t nat -I KUBE-SERVICES 74 -m comment --comment 'default/nginx-74 cluster IP' -m tcp -p tcp -d 10.96.100.74 --dport 80 -j KUBE-SVC-U34JYSJR22L43ZND
iptables -t nat -I KUBE-SERVICES 75 -m comment --comment 'default/nginx-75 cluster IP' -m tcp -p tcp -d 10.96.100.75 --dport 80 -j KUBE-SVC-I4YU2VUIQSEZSGEP
iptables -t nat -I KUBE-SERVICES 76 -m comment --comment 'default/nginx-76 cluster IP' -m tcp -p tcp -d 10.96.100.76 --dport 80 -j KUBE-SVC-UTVAFYB3HDSMERHO
iptables -t nat -I KUBE-SERVICES 77 -m comment --comment 'default/nginx-77 cluster IP' -m tcp -p tcp -d 10.96.100.77 --dport 80 -j KUBE-SVC-ON7HEHZLWCWWW5W5
iptables -t nat -I KUBE-SERVICES 78 -m comment --comment 'default/nginx-78 cluster IP' -m tcp -p tcp -d 10.96.100.78 --dport 80 -j KUBE-SVC-CSFYVIESNLJCNTKA
iptables -t nat -I KUBE-SERVICES 79 -m comment --comment 'default/nginx-79 cluster IP' -m tcp -p tcp -d 10.96.100.79 --dport 80 -j KUBE-SVC-64NTLME3HM3YGYCQ
iptables -t nat -I KUBE-SERVICES 80 -m comment --comment 'default/nginx-8 cluster IP' -m tcp -p tcp -d 10.96.100.8 --dport 80 -j KUBE-SVC-A2JBAHQKQUF5QLFN
iptables -t nat -I KUBE-SERVICES 81 -m comment --comment 'default/nginx-80 cluster IP' -m tcp -p tcp -d 10.96.100.80 --dport 80 -j KUBE-SVC-DFNHM54ZZ23Y7HZC
iptables -t nat -I KUBE-SERVICES 82 -m comment --comment 'default/nginx-81 cluster IP' -m tcp -p tcp -d 10.96.100.81 --dport 80 -j KUBE-SVC-PMGRGI5XW367S3XE
iptables -t nat -I KUBE-SERVICES 83 -m comment --comment 'default/nginx-82 cluster IP' -m tcp -p tcp -d 10.96.100.82 --dport 80 -j KUBE-SVC-QR6IPLLGV7GTOKP5
iptables -t nat -I KUBE-SERVICES 84 -m comment --comment 'default/nginx-83 cluster IP' -m tcp -p tcp -d 10.96.100.83 --dport 80 -j KUBE-SVC-JVAQ3T3GSIBFTI4T
iptables -t nat -I KUBE-SERVICES 85 -m comment --comment 'default/nginx-84 cluster IP' -m tcp -p tcp -d 10.96.100.84 --dport 80 -j KUBE-SVC-6EHF6QLWNLTB6BYR
iptables -t nat -I KUBE-SERVICES 86 -m comment --comment 'default/nginx-85 cluster IP' -m tcp -p tcp -d 10.96.100.85 --dport 80 -j KUBE-SVC-ZTNKOZKOX72Z6UEU
iptables -t nat -I KUBE-SERVICES 87 -m comment --comment 'default/nginx-86 cluster IP' -m tcp -p tcp -d 10.96.100.86 --dport 80 -j KUBE-SVC-GMLMOA4V3ZODNM2H
iptables -t nat -I KUBE-SERVICES 88 -m comment --comment 'default/nginx-87 cluster IP' -m tcp -p tcp -d 10.96.100.87 --dport 80 -j KUBE-SVC-D5VVA6AZLKSI6QCL
iptables -t nat -I KUBE-SERVICES 89 -m comment --comment 'default/nginx-88 cluster IP' -m tcp -p tcp -d 10.96.100.88 --dport 80 -j KUBE-SVC-LD37GSULZOGL63IU
iptables -t nat -I KUBE-SERVICES 90 -m comment --comment 'default/nginx-89 cluster IP' -m tcp -p tcp -d 10.96.100.89 --dport 80 -j KUBE-SVC-RHNR37CYZOXQU6D6
iptables -t nat -I KUBE-SERVICES 91 -m comment --comment 'default/nginx-9 cluster IP' -m tcp -p tcp -d 10.96.100.9 --dport 80 -j KUBE-SVC-PRMJTXY4N47AOXNM
iptables -t nat -I KUBE-SERVICES 92 -m comment --comment 'default/nginx-90 cluster IP' -m tcp -p tcp -d 10.96.100.90 --dport 80 -j KUBE-SVC-UJWGOSFGPFUCN6VF
iptables -t nat -I KUBE-SERVICES 93 -m comment --comment 'default/nginx-91 cluster IP' -m tcp -p tcp -d 10.96.100.91 --dport 80 -j KUBE-SVC-6DGMXONQZWYRV7S7
iptables -t nat -I KUBE-SERVICES 94 -m comment --comment 'default/nginx-92 cluster IP' -m tcp -p tcp -d 10.96.100.92 --dport 80 -j KUBE-SVC-SS52VJ7DOIEQLD3P
iptables -t nat -I KUBE-SERVICES 95 -m comment --comment 'default/nginx-93 cluster IP' -m tcp -p tcp -d 10.96.100.93 --dport 80 -j KUBE-SVC-ESC4OFCMUK3L4M2L
iptables -t nat -I KUBE-SERVICES 96 -m comment --comment 'default/nginx-94 cluster IP' -m tcp -p tcp -d 10.96.100.94 --dport 80 -j KUBE-SVC-YNC5FH63GJST47YU
iptables -t nat -I KUBE-SERVICES 97 -m comment --comment 'default/nginx-95 cluster IP' -m tcp -p tcp -d 10.96.100.95 --dport 80 -j KUBE-SVC-TVPENJY3QRGGO7ZM
iptables -t nat -I KUBE-SERVICES 98 -m comment --comment 'default/nginx-96 cluster IP' -m tcp -p tcp -d 10.96.100.96 --dport 80 -j KUBE-SVC-PWIJNDTWF22GXMES
iptables -t nat -I KUBE-SERVICES 99 -m comment --comment 'default/nginx-97 cluster IP' -m tcp -p tcp -d 10.96.100.97 --dport 80 -j KUBE-SVC-OEG5NSN2NPVVEVIG
iptables -t nat -I KUBE-SERVICES 100 -m comment --comment 'default/nginx-98 cluster IP' -m tcp -p tcp -d 10.96.100.98 --dport 80 -j KUBE-SVC-NNIICOZUOVU2DVZO
iptables -t nat -I KUBE-SERVICES 101 -m comment --comment 'default/nginx-99 cluster IP' -m tcp -p tcp -d 10.96.100.99 --dport 80 -j KUBE-SVC-CDSUJZ4JZ7F65XW5
iptables -t nat -A KUBE-SVC-YQ6ODUTRZU2RK47A -m comment --comment 'default/nginx-1 cluster IP' -m tcp -p tcp -d 10.96.100.1 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-YQ6ODUTRZU2RK47A -m comment --comment 'default/nginx-1 -> 10.244.0.11:8080' -j KUBE-SEP-B52ELP5FU3YXTIMQ
iptables -t nat -A KUBE-SEP-B52ELP5FU3YXTIMQ -m comment --comment default/nginx-1 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-B52ELP5FU3YXTIMQ -m comment --comment default/nginx-1 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-WUUEPQNKHCOK7T3I -m comment --comment 'default/nginx-10 cluster IP' -m tcp -p tcp -d 10.96.100.10 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-WUUEPQNKHCOK7T3I -m comment --comment 'default/nginx-10 -> 10.244.0.11:8080' -j KUBE-SEP-KDD6EM5Y3DX4N3JD
iptables -t nat -A KUBE-SEP-KDD6EM5Y3DX4N3JD -m comment --comment default/nginx-10 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-KDD6EM5Y3DX4N3JD -m comment --comment default/nginx-10 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-MNLVD5VQBMT76EJG -m comment --comment 'default/nginx-100 cluster IP' -m tcp -p tcp -d 10.96.100.100 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-MNLVD5VQBMT76EJG -m comment --comment 'default/nginx-100 -> 10.244.0.11:8080' -j KUBE-SEP-YF6M3IWMW6VSKHW4
iptables -t nat -A KUBE-SEP-YF6M3IWMW6VSKHW4 -m comment --comment default/nginx-100 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-YF6M3IWMW6VSKHW4 -m comment --comment default/nginx-100 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-OQOH5YW5W7MKESWO -m comment --comment 'default/nginx-11 cluster IP' -m tcp -p tcp -d 10.96.100.11 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-OQOH5YW5W7MKESWO -m comment --comment 'default/nginx-11 -> 10.244.0.11:8080' -j KUBE-SEP-KKR3ODDTUWUFAR7M
iptables -t nat -A KUBE-SEP-KKR3ODDTUWUFAR7M -m comment --comment default/nginx-11 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-KKR3ODDTUWUFAR7M -m comment --comment default/nginx-11 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-EJLRRBEN237RFMAK -m comment --comment 'default/nginx-12 cluster IP' -m tcp -p tcp -d 10.96.100.12 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-EJLRRBEN237RFMAK -m comment --comment 'default/nginx-12 -> 10.244.0.11:8080' -j KUBE-SEP-FQZJ72NGIKNPIUMH
iptables -t nat -A KUBE-SEP-FQZJ72NGIKNPIUMH -m comment --comment default/nginx-12 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-FQZJ72NGIKNPIUMH -m comment --comment default/nginx-12 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-YVMQYTVVSIGFDETJ -m comment --comment 'default/nginx-13 cluster IP' -m tcp -p tcp -d 10.96.100.13 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-YVMQYTVVSIGFDETJ -m comment --comment 'default/nginx-13 -> 10.244.0.11:8080' -j KUBE-SEP-BRJE2AORPM2QCMRS
iptables -t nat -A KUBE-SEP-BRJE2AORPM2QCMRS -m comment --comment default/nginx-13 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-BRJE2AORPM2QCMRS -m comment --comment default/nginx-13 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-SFYHQCY623G7QN3U -m comment --comment 'default/nginx-14 cluster IP' -m tcp -p tcp -d 10.96.100.14 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-SFYHQCY623G7QN3U -m comment --comment 'default/nginx-14 -> 10.244.0.11:8080' -j KUBE-SEP-S4A2US6G2B7G6OHP
iptables -t nat -A KUBE-SEP-S4A2US6G2B7G6OHP -m comment --comment default/nginx-14 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-S4A2US6G2B7G6OHP -m comment --comment default/nginx-14 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-DPZ7J76ITA2U535T -m comment --comment 'default/nginx-15 cluster IP' -m tcp -p tcp -d 10.96.100.15 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-DPZ7J76ITA2U535T -m comment --comment 'default/nginx-15 -> 10.244.0.11:8080' -j KUBE-SEP-N4EZPJIIX7M73ANP
iptables -t nat -A KUBE-SEP-N4EZPJIIX7M73ANP -m comment --comment default/nginx-15 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-N4EZPJIIX7M73ANP -m comment --comment default/nginx-15 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-U3FASNRMNBUNIKHF -m comment --comment 'default/nginx-16 cluster IP' -m tcp -p tcp -d 10.96.100.16 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-U3FASNRMNBUNIKHF -m comment --comment 'default/nginx-16 -> 10.244.0.11:8080' -j KUBE-SEP-QATTJWMADGVRTU7O
iptables -t nat -A KUBE-SEP-QATTJWMADGVRTU7O -m comment --comment default/nginx-16 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-QATTJWMADGVRTU7O -m comment --comment default/nginx-16 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-D3OCYKYYEM3MD7QX -m comment --comment 'default/nginx-17 cluster IP' -m tcp -p tcp -d 10.96.100.17 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-D3OCYKYYEM3MD7QX -m comment --comment 'default/nginx-17 -> 10.244.0.11:8080' -j KUBE-SEP-WY7C7E6SI536NHHY
iptables -t nat -A KUBE-SEP-WY7C7E6SI536NHHY -m comment --comment default/nginx-17 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-WY7C7E6SI536NHHY -m comment --comment default/nginx-17 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-HFXEX6ZQJHRNLHWJ -m comment --comment 'default/nginx-18 cluster IP' -m tcp -p tcp -d 10.96.100.18 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-HFXEX6ZQJHRNLHWJ -m comment --comment 'default/nginx-18 -> 10.244.0.11:8080' -j KUBE-SEP-6WPVM4MVV6DDVRLI
iptables -t nat -A KUBE-SEP-6WPVM4MVV6DDVRLI -m comment --comment default/nginx-18 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-6WPVM4MVV6DDVRLI -m comment --comment default/nginx-18 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-WGVRSLDYZLM5GGIA -m comment --comment 'default/nginx-19 cluster IP' -m tcp -p tcp -d 10.96.100.19 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-WGVRSLDYZLM5GGIA -m comment --comment 'default/nginx-19 -> 10.244.0.11:8080' -j KUBE-SEP-6EY4IH7GOG6X6SXI
iptables -t nat -A KUBE-SEP-6EY4IH7GOG6X6SXI -m comment --comment default/nginx-19 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-6EY4IH7GOG6X6SXI -m comment --comment default/nginx-19 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-WAKZLAXAKVQVG3CM -m comment --comment 'default/nginx-2 cluster IP' -m tcp -p tcp -d 10.96.100.2 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-WAKZLAXAKVQVG3CM -m comment --comment 'default/nginx-2 -> 10.244.0.11:8080' -j KUBE-SEP-YQR4ASV6ZKH5M343
iptables -t nat -A KUBE-SEP-YQR4ASV6ZKH5M343 -m comment --comment default/nginx-2 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-YQR4ASV6ZKH5M343 -m comment --comment default/nginx-2 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-NMYMFWPJ5GKZQDYJ -m comment --comment 'default/nginx-20 cluster IP' -m tcp -p tcp -d 10.96.100.20 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-NMYMFWPJ5GKZQDYJ -m comment --comment 'default/nginx-20 -> 10.244.0.11:8080' -j KUBE-SEP-6JJ7BIN3PAADU5BR
iptables -t nat -A KUBE-SEP-6JJ7BIN3PAADU5BR -m comment --comment default/nginx-20 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-6JJ7BIN3PAADU5BR -m comment --comment default/nginx-20 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-4SVEE7OJOEA3PXGW -m comment --comment 'default/nginx-21 cluster IP' -m tcp -p tcp -d 10.96.100.21 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-4SVEE7OJOEA3PXGW -m comment --comment 'default/nginx-21 -> 10.244.0.11:8080' -j KUBE-SEP-LE4MPLJRX3HVHHUX
iptables -t nat -A KUBE-SEP-LE4MPLJRX3HVHHUX -m comment --comment default/nginx-21 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-LE4MPLJRX3HVHHUX -m comment --comment default/nginx-21 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-ESAV67THD3E4D5I2 -m comment --comment 'default/nginx-22 cluster IP' -m tcp -p tcp -d 10.96.100.22 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-ESAV67THD3E4D5I2 -m comment --comment 'default/nginx-22 -> 10.244.0.11:8080' -j KUBE-SEP-V6YHGULLYKGKRJ7W
iptables -t nat -A KUBE-SEP-V6YHGULLYKGKRJ7W -m comment --comment default/nginx-22 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-V6YHGULLYKGKRJ7W -m comment --comment default/nginx-22 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-YOXUXMN6Y7TVQ7BC -m comment --comment 'default/nginx-23 cluster IP' -m tcp -p tcp -d 10.96.100.23 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-YOXUXMN6Y7TVQ7BC -m comment --comment 'default/nginx-23 -> 10.244.0.11:8080' -j KUBE-SEP-3QWTZAEEO4M4PWIW
iptables -t nat -A KUBE-SEP-3QWTZAEEO4M4PWIW -m comment --comment default/nginx-23 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-3QWTZAEEO4M4PWIW -m comment --comment default/nginx-23 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-JGXWSJKGAK24IT5A -m comment --comment 'default/nginx-24 cluster IP' -m tcp -p tcp -d 10.96.100.24 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-JGXWSJKGAK24IT5A -m comment --comment 'default/nginx-24 -> 10.244.0.11:8080' -j KUBE-SEP-BK4LSSBQTGUGKTF2
iptables -t nat -A KUBE-SEP-BK4LSSBQTGUGKTF2 -m comment --comment default/nginx-24 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-BK4LSSBQTGUGKTF2 -m comment --comment default/nginx-24 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-DMG4FT6K72AQTZPE -m comment --comment 'default/nginx-25 cluster IP' -m tcp -p tcp -d 10.96.100.25 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-DMG4FT6K72AQTZPE -m comment --comment 'default/nginx-25 -> 10.244.0.11:8080' -j KUBE-SEP-Y72KCTQ2KAA6CKQT
iptables -t nat -A KUBE-SEP-Y72KCTQ2KAA6CKQT -m comment --comment default/nginx-25 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-Y72KCTQ2KAA6CKQT -m comment --comment default/nginx-25 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-325DGMNG63E4C7UM -m comment --comment 'default/nginx-26 cluster IP' -m tcp -p tcp -d 10.96.100.26 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-325DGMNG63E4C7UM -m comment --comment 'default/nginx-26 -> 10.244.0.11:8080' -j KUBE-SEP-R3REE5527KCGYWTF
iptables -t nat -A KUBE-SEP-R3REE5527KCGYWTF -m comment --comment default/nginx-26 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-R3REE5527KCGYWTF -m comment --comment default/nginx-26 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-KWWYHOY4YKAMHRCD -m comment --comment 'default/nginx-27 cluster IP' -m tcp -p tcp -d 10.96.100.27 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-KWWYHOY4YKAMHRCD -m comment --comment 'default/nginx-27 -> 10.244.0.11:8080' -j KUBE-SEP-6B7UGF4XJ6PEHDWY
iptables -t nat -A KUBE-SEP-6B7UGF4XJ6PEHDWY -m comment --comment default/nginx-27 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-6B7UGF4XJ6PEHDWY -m comment --comment default/nginx-27 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-S5YMTUVCEISEZ5KZ -m comment --comment 'default/nginx-28 cluster IP' -m tcp -p tcp -d 10.96.100.28 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-S5YMTUVCEISEZ5KZ -m comment --comment 'default/nginx-28 -> 10.244.0.11:8080' -j KUBE-SEP-IVHUHUATYE7AONDJ
iptables -t nat -A KUBE-SEP-IVHUHUATYE7AONDJ -m comment --comment default/nginx-28 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-IVHUHUATYE7AONDJ -m comment --comment default/nginx-28 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-RBLT6F6ZO7U6V6O7 -m comment --comment 'default/nginx-29 cluster IP' -m tcp -p tcp -d 10.96.100.29 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-RBLT6F6ZO7U6V6O7 -m comment --comment 'default/nginx-29 -> 10.244.0.11:8080' -j KUBE-SEP-HAJSCA2XENZSC7XM
iptables -t nat -A KUBE-SEP-HAJSCA2XENZSC7XM -m comment --comment default/nginx-29 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-HAJSCA2XENZSC7XM -m comment --comment default/nginx-29 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-QTDNDC6OCE6PH2QS -m comment --comment 'default/nginx-3 cluster IP' -m tcp -p tcp -d 10.96.100.3 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-QTDNDC6OCE6PH2QS -m comment --comment 'default/nginx-3 -> 10.244.0.11:8080' -j KUBE-SEP-DTDTLFN75DMMZEQK
iptables -t nat -A KUBE-SEP-DTDTLFN75DMMZEQK -m comment --comment default/nginx-3 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-DTDTLFN75DMMZEQK -m comment --comment default/nginx-3 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-OGONBPZXKWUJJOVD -m comment --comment 'default/nginx-30 cluster IP' -m tcp -p tcp -d 10.96.100.30 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-OGONBPZXKWUJJOVD -m comment --comment 'default/nginx-30 -> 10.244.0.11:8080' -j KUBE-SEP-33XUIQ6N2DF4MOXR
iptables -t nat -A KUBE-SEP-33XUIQ6N2DF4MOXR -m comment --comment default/nginx-30 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-33XUIQ6N2DF4MOXR -m comment --comment default/nginx-30 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-KBL2KMDQS3SNIAVF -m comment --comment 'default/nginx-31 cluster IP' -m tcp -p tcp -d 10.96.100.31 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-KBL2KMDQS3SNIAVF -m comment --comment 'default/nginx-31 -> 10.244.0.11:8080' -j KUBE-SEP-2P3ECXCTVTSBOHM2
iptables -t nat -A KUBE-SEP-2P3ECXCTVTSBOHM2 -m comment --comment default/nginx-31 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-2P3ECXCTVTSBOHM2 -m comment --comment default/nginx-31 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-TPTROABSUEKTMZEJ -m comment --comment 'default/nginx-32 cluster IP' -m tcp -p tcp -d 10.96.100.32 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-TPTROABSUEKTMZEJ -m comment --comment 'default/nginx-32 -> 10.244.0.11:8080' -j KUBE-SEP-E67AEIMCC5P4Y5ZT
iptables -t nat -A KUBE-SEP-E67AEIMCC5P4Y5ZT -m comment --comment default/nginx-32 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-E67AEIMCC5P4Y5ZT -m comment --comment default/nginx-32 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-5SGJQ3GYZAA5UMLG -m comment --comment 'default/nginx-33 cluster IP' -m tcp -p tcp -d 10.96.100.33 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-5SGJQ3GYZAA5UMLG -m comment --comment 'default/nginx-33 -> 10.244.0.11:8080' -j KUBE-SEP-HNRCYLEBBQZ6FA6F
iptables -t nat -A KUBE-SEP-HNRCYLEBBQZ6FA6F -m comment --comment default/nginx-33 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-HNRCYLEBBQZ6FA6F -m comment --comment default/nginx-33 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-EHFW2UBYT2HPZN4S -m comment --comment 'default/nginx-34 cluster IP' -m tcp -p tcp -d 10.96.100.34 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-EHFW2UBYT2HPZN4S -m comment --comment 'default/nginx-34 -> 10.244.0.11:8080' -j KUBE-SEP-VYWMAYYBGXMEAC5F
iptables -t nat -A KUBE-SEP-VYWMAYYBGXMEAC5F -m comment --comment default/nginx-34 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-VYWMAYYBGXMEAC5F -m comment --comment default/nginx-34 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-E7HBCQ452FMGZPMT -m comment --comment 'default/nginx-35 cluster IP' -m tcp -p tcp -d 10.96.100.35 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-E7HBCQ452FMGZPMT -m comment --comment 'default/nginx-35 -> 10.244.0.11:8080' -j KUBE-SEP-BZC3FT7XD73THLHL
iptables -t nat -A KUBE-SEP-BZC3FT7XD73THLHL -m comment --comment default/nginx-35 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-BZC3FT7XD73THLHL -m comment --comment default/nginx-35 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-W5L6LD7W2ELSU3NS -m comment --comment 'default/nginx-36 cluster IP' -m tcp -p tcp -d 10.96.100.36 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-W5L6LD7W2ELSU3NS -m comment --comment 'default/nginx-36 -> 10.244.0.11:8080' -j KUBE-SEP-L7HT774DC2QBQISR
iptables -t nat -A KUBE-SEP-L7HT774DC2QBQISR -m comment --comment default/nginx-36 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-L7HT774DC2QBQISR -m comment --comment default/nginx-36 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-K4PSD7OEVGYCOTAJ -m comment --comment 'default/nginx-37 cluster IP' -m tcp -p tcp -d 10.96.100.37 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-K4PSD7OEVGYCOTAJ -m comment --comment 'default/nginx-37 -> 10.244.0.11:8080' -j KUBE-SEP-NB2BJCHEIFVWKRFU
iptables -t nat -A KUBE-SEP-NB2BJCHEIFVWKRFU -m comment --comment default/nginx-37 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-NB2BJCHEIFVWKRFU -m comment --comment default/nginx-37 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-APAHPVJSDC2PBY74 -m comment --comment 'default/nginx-38 cluster IP' -m tcp -p tcp -d 10.96.100.38 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-APAHPVJSDC2PBY74 -m comment --comment 'default/nginx-38 -> 10.244.0.11:8080' -j KUBE-SEP-BH2ERBT3KHWYCPC7
iptables -t nat -A KUBE-SEP-BH2ERBT3KHWYCPC7 -m comment --comment default/nginx-38 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-BH2ERBT3KHWYCPC7 -m comment --comment default/nginx-38 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-25UV65GNCFTGZNSN -m comment --comment 'default/nginx-39 cluster IP' -m tcp -p tcp -d 10.96.100.39 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-25UV65GNCFTGZNSN -m comment --comment 'default/nginx-39 -> 10.244.0.11:8080' -j KUBE-SEP-I3YFZJW2ZZPUOCDO
iptables -t nat -A KUBE-SEP-I3YFZJW2ZZPUOCDO -m comment --comment default/nginx-39 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-I3YFZJW2ZZPUOCDO -m comment --comment default/nginx-39 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-RERJ6P6BTUIA775F -m comment --comment 'default/nginx-4 cluster IP' -m tcp -p tcp -d 10.96.100.4 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-RERJ6P6BTUIA775F -m comment --comment 'default/nginx-4 -> 10.244.0.11:8080' -j KUBE-SEP-35TDZTDXS4XMLSPT
iptables -t nat -A KUBE-SEP-35TDZTDXS4XMLSPT -m comment --comment default/nginx-4 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-35TDZTDXS4XMLSPT -m comment --comment default/nginx-4 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-QFEO6KYXCOOLXBB6 -m comment --comment 'default/nginx-40 cluster IP' -m tcp -p tcp -d 10.96.100.40 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-QFEO6KYXCOOLXBB6 -m comment --comment 'default/nginx-40 -> 10.244.0.11:8080' -j KUBE-SEP-ZYAKNX6BX7EIFEQT
iptables -t nat -A KUBE-SEP-ZYAKNX6BX7EIFEQT -m comment --comment default/nginx-40 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-ZYAKNX6BX7EIFEQT -m comment --comment default/nginx-40 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-434CH2PV4HH3VOZJ -m comment --comment 'default/nginx-41 cluster IP' -m tcp -p tcp -d 10.96.100.41 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-434CH2PV4HH3VOZJ -m comment --comment 'default/nginx-41 -> 10.244.0.11:8080' -j KUBE-SEP-G7KEMQU4PXOCS2WT
iptables -t nat -A KUBE-SEP-G7KEMQU4PXOCS2WT -m comment --comment default/nginx-41 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-G7KEMQU4PXOCS2WT -m comment --comment default/nginx-41 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-OO6KRNULX2ZP3IMN -m comment --comment 'default/nginx-42 cluster IP' -m tcp -p tcp -d 10.96.100.42 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-OO6KRNULX2ZP3IMN -m comment --comment 'default/nginx-42 -> 10.244.0.11:8080' -j KUBE-SEP-OAZ6BIG5PVYGNQ52
iptables -t nat -A KUBE-SEP-OAZ6BIG5PVYGNQ52 -m comment --comment default/nginx-42 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-OAZ6BIG5PVYGNQ52 -m comment --comment default/nginx-42 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-4LYU3N2R3WVSDYQT -m comment --comment 'default/nginx-43 cluster IP' -m tcp -p tcp -d 10.96.100.43 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-4LYU3N2R3WVSDYQT -m comment --comment 'default/nginx-43 -> 10.244.0.11:8080' -j KUBE-SEP-2QDNR7KHGV3HN7EI
iptables -t nat -A KUBE-SEP-2QDNR7KHGV3HN7EI -m comment --comment default/nginx-43 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-2QDNR7KHGV3HN7EI -m comment --comment default/nginx-43 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-5S772KMBPSZSJOED -m comment --comment 'default/nginx-44 cluster IP' -m tcp -p tcp -d 10.96.100.44 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-5S772KMBPSZSJOED -m comment --comment 'default/nginx-44 -> 10.244.0.11:8080' -j KUBE-SEP-67RGU5ZDK4XMUFV2
iptables -t nat -A KUBE-SEP-67RGU5ZDK4XMUFV2 -m comment --comment default/nginx-44 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-67RGU5ZDK4XMUFV2 -m comment --comment default/nginx-44 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-JMVMRRGG5B2NI74O -m comment --comment 'default/nginx-45 cluster IP' -m tcp -p tcp -d 10.96.100.45 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-JMVMRRGG5B2NI74O -m comment --comment 'default/nginx-45 -> 10.244.0.11:8080' -j KUBE-SEP-Q7ZPNPPNSQ3NP22J
iptables -t nat -A KUBE-SEP-Q7ZPNPPNSQ3NP22J -m comment --comment default/nginx-45 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-Q7ZPNPPNSQ3NP22J -m comment --comment default/nginx-45 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-BIQ3BK3AF4DYYFNA -m comment --comment 'default/nginx-46 cluster IP' -m tcp -p tcp -d 10.96.100.46 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-BIQ3BK3AF4DYYFNA -m comment --comment 'default/nginx-46 -> 10.244.0.11:8080' -j KUBE-SEP-L7NG4PE7C2XHHSSS
iptables -t nat -A KUBE-SEP-L7NG4PE7C2XHHSSS -m comment --comment default/nginx-46 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-L7NG4PE7C2XHHSSS -m comment --comment default/nginx-46 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-FJE7SMNZPHMBW5OE -m comment --comment 'default/nginx-47 cluster IP' -m tcp -p tcp -d 10.96.100.47 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-FJE7SMNZPHMBW5OE -m comment --comment 'default/nginx-47 -> 10.244.0.11:8080' -j KUBE-SEP-UX2ZKPZZNLIMRYII
iptables -t nat -A KUBE-SEP-UX2ZKPZZNLIMRYII -m comment --comment default/nginx-47 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-UX2ZKPZZNLIMRYII -m comment --comment default/nginx-47 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-S4A5Y5ZTS2JD3LSB -m comment --comment 'default/nginx-48 cluster IP' -m tcp -p tcp -d 10.96.100.48 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-S4A5Y5ZTS2JD3LSB -m comment --comment 'default/nginx-48 -> 10.244.0.11:8080' -j KUBE-SEP-QNCDFVZ37DRPALVO
iptables -t nat -A KUBE-SEP-QNCDFVZ37DRPALVO -m comment --comment default/nginx-48 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-QNCDFVZ37DRPALVO -m comment --comment default/nginx-48 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-AFAAA4F4CYV6GEDM -m comment --comment 'default/nginx-49 cluster IP' -m tcp -p tcp -d 10.96.100.49 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-AFAAA4F4CYV6GEDM -m comment --comment 'default/nginx-49 -> 10.244.0.11:8080' -j KUBE-SEP-LYSMXFV7YKBZXYYN
iptables -t nat -A KUBE-SEP-LYSMXFV7YKBZXYYN -m comment --comment default/nginx-49 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-LYSMXFV7YKBZXYYN -m comment --comment default/nginx-49 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-ZFIATI6JAQC7CN7L -m comment --comment 'default/nginx-5 cluster IP' -m tcp -p tcp -d 10.96.100.5 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-ZFIATI6JAQC7CN7L -m comment --comment 'default/nginx-5 -> 10.244.0.11:8080' -j KUBE-SEP-NORTWVDPMYHDKNLQ
iptables -t nat -A KUBE-SEP-NORTWVDPMYHDKNLQ -m comment --comment default/nginx-5 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-NORTWVDPMYHDKNLQ -m comment --comment default/nginx-5 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-CM4XYXBHLAP6HYVU -m comment --comment 'default/nginx-50 cluster IP' -m tcp -p tcp -d 10.96.100.50 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-CM4XYXBHLAP6HYVU -m comment --comment 'default/nginx-50 -> 10.244.0.11:8080' -j KUBE-SEP-IGDG4CMDDD67EAZ3
iptables -t nat -A KUBE-SEP-IGDG4CMDDD67EAZ3 -m comment --comment default/nginx-50 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-IGDG4CMDDD67EAZ3 -m comment --comment default/nginx-50 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-EZAB3AL7MJT2MYY2 -m comment --comment 'default/nginx-51 cluster IP' -m tcp -p tcp -d 10.96.100.51 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-EZAB3AL7MJT2MYY2 -m comment --comment 'default/nginx-51 -> 10.244.0.11:8080' -j KUBE-SEP-CF6QOXSVF2QIW5HJ
iptables -t nat -A KUBE-SEP-CF6QOXSVF2QIW5HJ -m comment --comment default/nginx-51 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-CF6QOXSVF2QIW5HJ -m comment --comment default/nginx-51 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-6UGFZARWRZ4JQC3W -m comment --comment 'default/nginx-52 cluster IP' -m tcp -p tcp -d 10.96.100.52 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-6UGFZARWRZ4JQC3W -m comment --comment 'default/nginx-52 -> 10.244.0.11:8080' -j KUBE-SEP-XXEMFXECJ2WVJJB6
iptables -t nat -A KUBE-SEP-XXEMFXECJ2WVJJB6 -m comment --comment default/nginx-52 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-XXEMFXECJ2WVJJB6 -m comment --comment default/nginx-52 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-5WXCNGSBRUZPJK3Y -m comment --comment 'default/nginx-53 cluster IP' -m tcp -p tcp -d 10.96.100.53 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-5WXCNGSBRUZPJK3Y -m comment --comment 'default/nginx-53 -> 10.244.0.11:8080' -j KUBE-SEP-5PT3M7MHOKXBRJE4
iptables -t nat -A KUBE-SEP-5PT3M7MHOKXBRJE4 -m comment --comment default/nginx-53 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-5PT3M7MHOKXBRJE4 -m comment --comment default/nginx-53 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-NAXOVNRZKODBHS6Y -m comment --comment 'default/nginx-54 cluster IP' -m tcp -p tcp -d 10.96.100.54 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-NAXOVNRZKODBHS6Y -m comment --comment 'default/nginx-54 -> 10.244.0.11:8080' -j KUBE-SEP-QLCA73OBEPBXS7UO
iptables -t nat -A KUBE-SEP-QLCA73OBEPBXS7UO -m comment --comment default/nginx-54 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-QLCA73OBEPBXS7UO -m comment --comment default/nginx-54 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-MZLFTZXVDGCYKZTJ -m comment --comment 'default/nginx-55 cluster IP' -m tcp -p tcp -d 10.96.100.55 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-MZLFTZXVDGCYKZTJ -m comment --comment 'default/nginx-55 -> 10.244.0.11:8080' -j KUBE-SEP-DY2GYGC23RZBHCZQ
iptables -t nat -A KUBE-SEP-DY2GYGC23RZBHCZQ -m comment --comment default/nginx-55 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-DY2GYGC23RZBHCZQ -m comment --comment default/nginx-55 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-EDT4RC7FTYTUJ7UM -m comment --comment 'default/nginx-56 cluster IP' -m tcp -p tcp -d 10.96.100.56 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-EDT4RC7FTYTUJ7UM -m comment --comment 'default/nginx-56 -> 10.244.0.11:8080' -j KUBE-SEP-RQNWP7SINAO6TNCG
iptables -t nat -A KUBE-SEP-RQNWP7SINAO6TNCG -m comment --comment default/nginx-56 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-RQNWP7SINAO6TNCG -m comment --comment default/nginx-56 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-2F2VXMGXT6Y34L2S -m comment --comment 'default/nginx-57 cluster IP' -m tcp -p tcp -d 10.96.100.57 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-2F2VXMGXT6Y34L2S -m comment --comment 'default/nginx-57 -> 10.244.0.11:8080' -j KUBE-SEP-KYUSR2DKEHW62NUS
iptables -t nat -A KUBE-SEP-KYUSR2DKEHW62NUS -m comment --comment default/nginx-57 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-KYUSR2DKEHW62NUS -m comment --comment default/nginx-57 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-CFJEYP7U33LVNWJB -m comment --comment 'default/nginx-58 cluster IP' -m tcp -p tcp -d 10.96.100.58 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-CFJEYP7U33LVNWJB -m comment --comment 'default/nginx-58 -> 10.244.0.11:8080' -j KUBE-SEP-5R2ED33NGKXA5PPI
iptables -t nat -A KUBE-SEP-5R2ED33NGKXA5PPI -m comment --comment default/nginx-58 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-5R2ED33NGKXA5PPI -m comment --comment default/nginx-58 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-X5PMANCMWIIBVGSU -m comment --comment 'default/nginx-59 cluster IP' -m tcp -p tcp -d 10.96.100.59 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-X5PMANCMWIIBVGSU -m comment --comment 'default/nginx-59 -> 10.244.0.11:8080' -j KUBE-SEP-GXDKOBPACL5KIVFL
iptables -t nat -A KUBE-SEP-GXDKOBPACL5KIVFL -m comment --comment default/nginx-59 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-GXDKOBPACL5KIVFL -m comment --comment default/nginx-59 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-QU3FZODU7F52ORIL -m comment --comment 'default/nginx-6 cluster IP' -m tcp -p tcp -d 10.96.100.6 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-QU3FZODU7F52ORIL -m comment --comment 'default/nginx-6 -> 10.244.0.11:8080' -j KUBE-SEP-SNSKMSWQAIYB235F
iptables -t nat -A KUBE-SEP-SNSKMSWQAIYB235F -m comment --comment default/nginx-6 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-SNSKMSWQAIYB235F -m comment --comment default/nginx-6 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-6GRKFWWGC3ZTRBPO -m comment --comment 'default/nginx-60 cluster IP' -m tcp -p tcp -d 10.96.100.60 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-6GRKFWWGC3ZTRBPO -m comment --comment 'default/nginx-60 -> 10.244.0.11:8080' -j KUBE-SEP-MMK7BBUWUALF4PFE
iptables -t nat -A KUBE-SEP-MMK7BBUWUALF4PFE -m comment --comment default/nginx-60 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-MMK7BBUWUALF4PFE -m comment --comment default/nginx-60 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-AI4ECOM6HUWMJ3Z6 -m comment --comment 'default/nginx-61 cluster IP' -m tcp -p tcp -d 10.96.100.61 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-AI4ECOM6HUWMJ3Z6 -m comment --comment 'default/nginx-61 -> 10.244.0.11:8080' -j KUBE-SEP-4NRCJ5SV3O6B52CG
iptables -t nat -A KUBE-SEP-4NRCJ5SV3O6B52CG -m comment --comment default/nginx-61 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-4NRCJ5SV3O6B52CG -m comment --comment default/nginx-61 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-4EIOHTFQ2ANALH4O -m comment --comment 'default/nginx-62 cluster IP' -m tcp -p tcp -d 10.96.100.62 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-4EIOHTFQ2ANALH4O -m comment --comment 'default/nginx-62 -> 10.244.0.11:8080' -j KUBE-SEP-TDYPYD6OK3UBVYF5
iptables -t nat -A KUBE-SEP-TDYPYD6OK3UBVYF5 -m comment --comment default/nginx-62 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-TDYPYD6OK3UBVYF5 -m comment --comment default/nginx-62 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-ELKI3LYBNRZBSXNV -m comment --comment 'default/nginx-63 cluster IP' -m tcp -p tcp -d 10.96.100.63 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-ELKI3LYBNRZBSXNV -m comment --comment 'default/nginx-63 -> 10.244.0.11:8080' -j KUBE-SEP-6FMZBYBY65QEGYPY
iptables -t nat -A KUBE-SEP-6FMZBYBY65QEGYPY -m comment --comment default/nginx-63 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-6FMZBYBY65QEGYPY -m comment --comment default/nginx-63 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-JXWSP2SCMHXRSWYT -m comment --comment 'default/nginx-64 cluster IP' -m tcp -p tcp -d 10.96.100.64 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-JXWSP2SCMHXRSWYT -m comment --comment 'default/nginx-64 -> 10.244.0.11:8080' -j KUBE-SEP-XKWLASD7P5WTRVBA
iptables -t nat -A KUBE-SEP-XKWLASD7P5WTRVBA -m comment --comment default/nginx-64 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-XKWLASD7P5WTRVBA -m comment --comment default/nginx-64 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-FB36XPS2GOLGO7P2 -m comment --comment 'default/nginx-65 cluster IP' -m tcp -p tcp -d 10.96.100.65 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-FB36XPS2GOLGO7P2 -m comment --comment 'default/nginx-65 -> 10.244.0.11:8080' -j KUBE-SEP-OVYBKYLAVOPTUKRJ
iptables -t nat -A KUBE-SEP-OVYBKYLAVOPTUKRJ -m comment --comment default/nginx-65 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-OVYBKYLAVOPTUKRJ -m comment --comment default/nginx-65 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-3TKO7XJSKCX5V6HR -m comment --comment 'default/nginx-66 cluster IP' -m tcp -p tcp -d 10.96.100.66 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-3TKO7XJSKCX5V6HR -m comment --comment 'default/nginx-66 -> 10.244.0.11:8080' -j KUBE-SEP-ESKZS2QQOWN53UHD
iptables -t nat -A KUBE-SEP-ESKZS2QQOWN53UHD -m comment --comment default/nginx-66 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-ESKZS2QQOWN53UHD -m comment --comment default/nginx-66 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-3XDCLMRDTVT2ELLI -m comment --comment 'default/nginx-67 cluster IP' -m tcp -p tcp -d 10.96.100.67 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-3XDCLMRDTVT2ELLI -m comment --comment 'default/nginx-67 -> 10.244.0.11:8080' -j KUBE-SEP-CXNDM3NVUC4ATXNE
iptables -t nat -A KUBE-SEP-CXNDM3NVUC4ATXNE -m comment --comment default/nginx-67 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-CXNDM3NVUC4ATXNE -m comment --comment default/nginx-67 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-LC5CQ5NJHKUZNJIQ -m comment --comment 'default/nginx-68 cluster IP' -m tcp -p tcp -d 10.96.100.68 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-LC5CQ5NJHKUZNJIQ -m comment --comment 'default/nginx-68 -> 10.244.0.11:8080' -j KUBE-SEP-56DT3ZIE2UHLDF3S
iptables -t nat -A KUBE-SEP-56DT3ZIE2UHLDF3S -m comment --comment default/nginx-68 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-56DT3ZIE2UHLDF3S -m comment --comment default/nginx-68 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-2KQYRPDBZILM4JGP -m comment --comment 'default/nginx-69 cluster IP' -m tcp -p tcp -d 10.96.100.69 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-2KQYRPDBZILM4JGP -m comment --comment 'default/nginx-69 -> 10.244.0.11:8080' -j KUBE-SEP-F5ZQT7JLRDZACXVA
iptables -t nat -A KUBE-SEP-F5ZQT7JLRDZACXVA -m comment --comment default/nginx-69 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-F5ZQT7JLRDZACXVA -m comment --comment default/nginx-69 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-JKEEOOG76JGSSM2V -m comment --comment 'default/nginx-7 cluster IP' -m tcp -p tcp -d 10.96.100.7 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-JKEEOOG76JGSSM2V -m comment --comment 'default/nginx-7 -> 10.244.0.11:8080' -j KUBE-SEP-AWNKUJEHLCOQRXVF
iptables -t nat -A KUBE-SEP-AWNKUJEHLCOQRXVF -m comment --comment default/nginx-7 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-AWNKUJEHLCOQRXVF -m comment --comment default/nginx-7 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-U64BFRK5F6ZM2MWE -m comment --comment 'default/nginx-70 cluster IP' -m tcp -p tcp -d 10.96.100.70 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-U64BFRK5F6ZM2MWE -m comment --comment 'default/nginx-70 -> 10.244.0.11:8080' -j KUBE-SEP-WB2CYCEXFYE22UP7
iptables -t nat -A KUBE-SEP-WB2CYCEXFYE22UP7 -m comment --comment default/nginx-70 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-WB2CYCEXFYE22UP7 -m comment --comment default/nginx-70 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-F5IKUD3V2AZAK6TW -m comment --comment 'default/nginx-71 cluster IP' -m tcp -p tcp -d 10.96.100.71 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-F5IKUD3V2AZAK6TW -m comment --comment 'default/nginx-71 -> 10.244.0.11:8080' -j KUBE-SEP-5G5ARENTW2H5ML5M
iptables -t nat -A KUBE-SEP-5G5ARENTW2H5ML5M -m comment --comment default/nginx-71 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-5G5ARENTW2H5ML5M -m comment --comment default/nginx-71 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-BMLJ3NZDRXV237FE -m comment --comment 'default/nginx-72 cluster IP' -m tcp -p tcp -d 10.96.100.72 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-BMLJ3NZDRXV237FE -m comment --comment 'default/nginx-72 -> 10.244.0.11:8080' -j KUBE-SEP-H45RWJVI6YM672FM
iptables -t nat -A KUBE-SEP-H45RWJVI6YM672FM -m comment --comment default/nginx-72 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-H45RWJVI6YM672FM -m comment --comment default/nginx-72 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-MBSE4DQRFZSIUTKJ -m comment --comment 'default/nginx-73 cluster IP' -m tcp -p tcp -d 10.96.100.73 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-MBSE4DQRFZSIUTKJ -m comment --comment 'default/nginx-73 -> 10.244.0.11:8080' -j KUBE-SEP-FCQ2R4LA44TEFI2R
iptables -t nat -A KUBE-SEP-FCQ2R4LA44TEFI2R -m comment --comment default/nginx-73 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-FCQ2R4LA44TEFI2R -m comment --comment default/nginx-73 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-U34JYSJR22L43ZND -m comment --comment 'default/nginx-74 cluster IP' -m tcp -p tcp -d 10.96.100.74 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-U34JYSJR22L43ZND -m comment --comment 'default/nginx-74 -> 10.244.0.11:8080' -j KUBE-SEP-CTVZXJNSUHP4XSBB
iptables -t nat -A KUBE-SEP-CTVZXJNSUHP4XSBB -m comment --comment default/nginx-74 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-CTVZXJNSUHP4XSBB -m comment --comment default/nginx-74 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-I4YU2VUIQSEZSGEP -m comment --comment 'default/nginx-75 cluster IP' -m tcp -p tcp -d 10.96.100.75 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-I4YU2VUIQSEZSGEP -m comment --comment 'default/nginx-75 -> 10.244.0.11:8080' -j KUBE-SEP-XX5TDRZCFBTKSS7E
iptables -t nat -A KUBE-SEP-XX5TDRZCFBTKSS7E -m comment --comment default/nginx-75 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-XX5TDRZCFBTKSS7E -m comment --comment default/nginx-75 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-UTVAFYB3HDSMERHO -m comment --comment 'default/nginx-76 cluster IP' -m tcp -p tcp -d 10.96.100.76 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-UTVAFYB3HDSMERHO -m comment --comment 'default/nginx-76 -> 10.244.0.11:8080' -j KUBE-SEP-FIUWJ5HP4SLGFHHH
iptables -t nat -A KUBE-SEP-FIUWJ5HP4SLGFHHH -m comment --comment default/nginx-76 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-FIUWJ5HP4SLGFHHH -m comment --comment default/nginx-76 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-ON7HEHZLWCWWW5W5 -m comment --comment 'default/nginx-77 cluster IP' -m tcp -p tcp -d 10.96.100.77 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-ON7HEHZLWCWWW5W5 -m comment --comment 'default/nginx-77 -> 10.244.0.11:8080' -j KUBE-SEP-TQSBG6SCYC3DKBIT
iptables -t nat -A KUBE-SEP-TQSBG6SCYC3DKBIT -m comment --comment default/nginx-77 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-TQSBG6SCYC3DKBIT -m comment --comment default/nginx-77 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-CSFYVIESNLJCNTKA -m comment --comment 'default/nginx-78 cluster IP' -m tcp -p tcp -d 10.96.100.78 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-CSFYVIESNLJCNTKA -m comment --comment 'default/nginx-78 -> 10.244.0.11:8080' -j KUBE-SEP-XCMDRX2KUCCHTXL7
iptables -t nat -A KUBE-SEP-XCMDRX2KUCCHTXL7 -m comment --comment default/nginx-78 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-XCMDRX2KUCCHTXL7 -m comment --comment default/nginx-78 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-64NTLME3HM3YGYCQ -m comment --comment 'default/nginx-79 cluster IP' -m tcp -p tcp -d 10.96.100.79 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-64NTLME3HM3YGYCQ -m comment --comment 'default/nginx-79 -> 10.244.0.11:8080' -j KUBE-SEP-BNAJ7ISQLPI2EDHB
iptables -t nat -A KUBE-SEP-BNAJ7ISQLPI2EDHB -m comment --comment default/nginx-79 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-BNAJ7ISQLPI2EDHB -m comment --comment default/nginx-79 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-A2JBAHQKQUF5QLFN -m comment --comment 'default/nginx-8 cluster IP' -m tcp -p tcp -d 10.96.100.8 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-A2JBAHQKQUF5QLFN -m comment --comment 'default/nginx-8 -> 10.244.0.11:8080' -j KUBE-SEP-5GVCC5DEWJQS6EXS
iptables -t nat -A KUBE-SEP-5GVCC5DEWJQS6EXS -m comment --comment default/nginx-8 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-5GVCC5DEWJQS6EXS -m comment --comment default/nginx-8 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-DFNHM54ZZ23Y7HZC -m comment --comment 'default/nginx-80 cluster IP' -m tcp -p tcp -d 10.96.100.80 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-DFNHM54ZZ23Y7HZC -m comment --comment 'default/nginx-80 -> 10.244.0.11:8080' -j KUBE-SEP-MHEWTVJIWH7FNJRC
iptables -t nat -A KUBE-SEP-MHEWTVJIWH7FNJRC -m comment --comment default/nginx-80 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-MHEWTVJIWH7FNJRC -m comment --comment default/nginx-80 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-PMGRGI5XW367S3XE -m comment --comment 'default/nginx-81 cluster IP' -m tcp -p tcp -d 10.96.100.81 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-PMGRGI5XW367S3XE -m comment --comment 'default/nginx-81 -> 10.244.0.11:8080' -j KUBE-SEP-NVBJKBAU72V2YCCT
iptables -t nat -A KUBE-SEP-NVBJKBAU72V2YCCT -m comment --comment default/nginx-81 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-NVBJKBAU72V2YCCT -m comment --comment default/nginx-81 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-QR6IPLLGV7GTOKP5 -m comment --comment 'default/nginx-82 cluster IP' -m tcp -p tcp -d 10.96.100.82 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-QR6IPLLGV7GTOKP5 -m comment --comment 'default/nginx-82 -> 10.244.0.11:8080' -j KUBE-SEP-NWLVT7H6QWGMXR3D
iptables -t nat -A KUBE-SEP-NWLVT7H6QWGMXR3D -m comment --comment default/nginx-82 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-NWLVT7H6QWGMXR3D -m comment --comment default/nginx-82 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-JVAQ3T3GSIBFTI4T -m comment --comment 'default/nginx-83 cluster IP' -m tcp -p tcp -d 10.96.100.83 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-JVAQ3T3GSIBFTI4T -m comment --comment 'default/nginx-83 -> 10.244.0.11:8080' -j KUBE-SEP-POPPBW4VOTECGVHT
iptables -t nat -A KUBE-SEP-POPPBW4VOTECGVHT -m comment --comment default/nginx-83 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-POPPBW4VOTECGVHT -m comment --comment default/nginx-83 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-6EHF6QLWNLTB6BYR -m comment --comment 'default/nginx-84 cluster IP' -m tcp -p tcp -d 10.96.100.84 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-6EHF6QLWNLTB6BYR -m comment --comment 'default/nginx-84 -> 10.244.0.11:8080' -j KUBE-SEP-RJK6I5GR3WYAA7AZ
iptables -t nat -A KUBE-SEP-RJK6I5GR3WYAA7AZ -m comment --comment default/nginx-84 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-RJK6I5GR3WYAA7AZ -m comment --comment default/nginx-84 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-ZTNKOZKOX72Z6UEU -m comment --comment 'default/nginx-85 cluster IP' -m tcp -p tcp -d 10.96.100.85 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-ZTNKOZKOX72Z6UEU -m comment --comment 'default/nginx-85 -> 10.244.0.11:8080' -j KUBE-SEP-OAARDMQNZO6EUIB4
iptables -t nat -A KUBE-SEP-OAARDMQNZO6EUIB4 -m comment --comment default/nginx-85 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-OAARDMQNZO6EUIB4 -m comment --comment default/nginx-85 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-GMLMOA4V3ZODNM2H -m comment --comment 'default/nginx-86 cluster IP' -m tcp -p tcp -d 10.96.100.86 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-GMLMOA4V3ZODNM2H -m comment --comment 'default/nginx-86 -> 10.244.0.11:8080' -j KUBE-SEP-6J6CTAFXZF3TJIMV
iptables -t nat -A KUBE-SEP-6J6CTAFXZF3TJIMV -m comment --comment default/nginx-86 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-6J6CTAFXZF3TJIMV -m comment --comment default/nginx-86 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-D5VVA6AZLKSI6QCL -m comment --comment 'default/nginx-87 cluster IP' -m tcp -p tcp -d 10.96.100.87 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-D5VVA6AZLKSI6QCL -m comment --comment 'default/nginx-87 -> 10.244.0.11:8080' -j KUBE-SEP-S6T6CBPUXUZ5G4SR
iptables -t nat -A KUBE-SEP-S6T6CBPUXUZ5G4SR -m comment --comment default/nginx-87 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-S6T6CBPUXUZ5G4SR -m comment --comment default/nginx-87 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-LD37GSULZOGL63IU -m comment --comment 'default/nginx-88 cluster IP' -m tcp -p tcp -d 10.96.100.88 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-LD37GSULZOGL63IU -m comment --comment 'default/nginx-88 -> 10.244.0.11:8080' -j KUBE-SEP-NHFUPUBWKPV52XP5
iptables -t nat -A KUBE-SEP-NHFUPUBWKPV52XP5 -m comment --comment default/nginx-88 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-NHFUPUBWKPV52XP5 -m comment --comment default/nginx-88 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-RHNR37CYZOXQU6D6 -m comment --comment 'default/nginx-89 cluster IP' -m tcp -p tcp -d 10.96.100.89 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-RHNR37CYZOXQU6D6 -m comment --comment 'default/nginx-89 -> 10.244.0.11:8080' -j KUBE-SEP-FPHGQ2NQ4OSO6NFX
iptables -t nat -A KUBE-SEP-FPHGQ2NQ4OSO6NFX -m comment --comment default/nginx-89 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-FPHGQ2NQ4OSO6NFX -m comment --comment default/nginx-89 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-PRMJTXY4N47AOXNM -m comment --comment 'default/nginx-9 cluster IP' -m tcp -p tcp -d 10.96.100.9 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-PRMJTXY4N47AOXNM -m comment --comment 'default/nginx-9 -> 10.244.0.11:8080' -j KUBE-SEP-KCNQFKHIY33VNMCE
iptables -t nat -A KUBE-SEP-KCNQFKHIY33VNMCE -m comment --comment default/nginx-9 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-KCNQFKHIY33VNMCE -m comment --comment default/nginx-9 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-UJWGOSFGPFUCN6VF -m comment --comment 'default/nginx-90 cluster IP' -m tcp -p tcp -d 10.96.100.90 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-UJWGOSFGPFUCN6VF -m comment --comment 'default/nginx-90 -> 10.244.0.11:8080' -j KUBE-SEP-LVONSMOFQP2TMCFB
iptables -t nat -A KUBE-SEP-LVONSMOFQP2TMCFB -m comment --comment default/nginx-90 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-LVONSMOFQP2TMCFB -m comment --comment default/nginx-90 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-6DGMXONQZWYRV7S7 -m comment --comment 'default/nginx-91 cluster IP' -m tcp -p tcp -d 10.96.100.91 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-6DGMXONQZWYRV7S7 -m comment --comment 'default/nginx-91 -> 10.244.0.11:8080' -j KUBE-SEP-BVTHB2JVAQTQ5SS7
iptables -t nat -A KUBE-SEP-BVTHB2JVAQTQ5SS7 -m comment --comment default/nginx-91 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-BVTHB2JVAQTQ5SS7 -m comment --comment default/nginx-91 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-SS52VJ7DOIEQLD3P -m comment --comment 'default/nginx-92 cluster IP' -m tcp -p tcp -d 10.96.100.92 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-SS52VJ7DOIEQLD3P -m comment --comment 'default/nginx-92 -> 10.244.0.11:8080' -j KUBE-SEP-KDJ7VDFJD47OSCFU
iptables -t nat -A KUBE-SEP-KDJ7VDFJD47OSCFU -m comment --comment default/nginx-92 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-KDJ7VDFJD47OSCFU -m comment --comment default/nginx-92 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-ESC4OFCMUK3L4M2L -m comment --comment 'default/nginx-93 cluster IP' -m tcp -p tcp -d 10.96.100.93 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-ESC4OFCMUK3L4M2L -m comment --comment 'default/nginx-93 -> 10.244.0.11:8080' -j KUBE-SEP-UFWBH6WFSJC45NTN
iptables -t nat -A KUBE-SEP-UFWBH6WFSJC45NTN -m comment --comment default/nginx-93 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-UFWBH6WFSJC45NTN -m comment --comment default/nginx-93 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-YNC5FH63GJST47YU -m comment --comment 'default/nginx-94 cluster IP' -m tcp -p tcp -d 10.96.100.94 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-YNC5FH63GJST47YU -m comment --comment 'default/nginx-94 -> 10.244.0.11:8080' -j KUBE-SEP-WIGSLM2KQZSXSGOV
iptables -t nat -A KUBE-SEP-WIGSLM2KQZSXSGOV -m comment --comment default/nginx-94 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-WIGSLM2KQZSXSGOV -m comment --comment default/nginx-94 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-TVPENJY3QRGGO7ZM -m comment --comment 'default/nginx-95 cluster IP' -m tcp -p tcp -d 10.96.100.95 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-TVPENJY3QRGGO7ZM -m comment --comment 'default/nginx-95 -> 10.244.0.11:8080' -j KUBE-SEP-FHFCFWRB4EAWVQ3C
iptables -t nat -A KUBE-SEP-FHFCFWRB4EAWVQ3C -m comment --comment default/nginx-95 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-FHFCFWRB4EAWVQ3C -m comment --comment default/nginx-95 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-PWIJNDTWF22GXMES -m comment --comment 'default/nginx-96 cluster IP' -m tcp -p tcp -d 10.96.100.96 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-PWIJNDTWF22GXMES -m comment --comment 'default/nginx-96 -> 10.244.0.11:8080' -j KUBE-SEP-4ANFVGZJQU6QNYFX
iptables -t nat -A KUBE-SEP-4ANFVGZJQU6QNYFX -m comment --comment default/nginx-96 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-4ANFVGZJQU6QNYFX -m comment --comment default/nginx-96 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-OEG5NSN2NPVVEVIG -m comment --comment 'default/nginx-97 cluster IP' -m tcp -p tcp -d 10.96.100.97 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-OEG5NSN2NPVVEVIG -m comment --comment 'default/nginx-97 -> 10.244.0.11:8080' -j KUBE-SEP-KTWWLEFZMPXND65V
iptables -t nat -A KUBE-SEP-KTWWLEFZMPXND65V -m comment --comment default/nginx-97 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-KTWWLEFZMPXND65V -m comment --comment default/nginx-97 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-NNIICOZUOVU2DVZO -m comment --comment 'default/nginx-98 cluster IP' -m tcp -p tcp -d 10.96.100.98 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-NNIICOZUOVU2DVZO -m comment --comment 'default/nginx-98 -> 10.244.0.11:8080' -j KUBE-SEP-EWYBZP26GED6VAFE
iptables -t nat -A KUBE-SEP-EWYBZP26GED6VAFE -m comment --comment default/nginx-98 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-EWYBZP26GED6VAFE -m comment --comment default/nginx-98 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-CDSUJZ4JZ7F65XW5 -m comment --comment 'default/nginx-99 cluster IP' -m tcp -p tcp -d 10.96.100.99 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-CDSUJZ4JZ7F65XW5 -m comment --comment 'default/nginx-99 -> 10.244.0.11:8080' -j KUBE-SEP-YTYD2J7NTT6NIQGE
iptables -t nat -A KUBE-SEP-YTYD2J7NTT6NIQGE -m comment --comment default/nginx-99 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-YTYD2J7NTT6NIQGE -m comment --comment default/nginx-99 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080

# iptables knows no look-up. It reads KUBE-SERVICES from the top and compares each rule's address
# with the packet's, until one fits. netlab writes services in the order of their names, so that
# nginx-99 is the hundredfirst: a hundred comparisons in vain before it is found. (kube-proxy's own
# order is a different one with each sync.) What is for no service at all, a download from the
# internet, say, is compared with every rule. It happens once for a connection, not for each packet,
# because connection tracking remembers the outcome. With a hundred services nobody can measure it;
# with twenty thousand, a new connection was seen to take 0.46 ms instead of 0.15.
step 4 'The last of the list'

# The list is also written as a whole. The classic iptables fetches the table, changes it and puts
# it back, even for one rule, and that takes the longer the more rules there are. kube-proxy hands
# all its changes to one iptables-restore, and since Kubernetes 1.27 leaves out the chains of
# services that have not changed, but KUBE-SERVICES is in it each time. That, and not the reading,
# is what large clusters felt first. The successors replace the list by a hash table: IPVS, eBPF,
# and kube-proxy's own nftables mode, where all of KUBE-SERVICES is one map.
step 5 'Changing one is writing many'
