// SPDX-License-Identifier: MIT
// A load balancer for services that works where a program names its peer, not where packets go: connect(2) to a service's address
// becomes connect(2) to a pod's. scripts/build-bpf makes socket-lb.o of it. The maps' keys and values are laid out once more in
// src/dataplane/socket-maps.ts, which fills them.

#include <linux/bpf.h>
#include <stdbool.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;

#define SECTION(name) __attribute__((section(name), used))
#define INLINE static __attribute__((always_inline))
// The verifier wants each field of a context read at its own place, and compilers like to read two of them by one instruction.
#define KEEP(value) __asm__ volatile("" : "+r"(value))
#define AF_INET6 10
#define ECONNREFUSED 111

static void *(*const map_lookup)(void *map, const void *key) = (void *)BPF_FUNC_map_lookup_elem;
static long (*const map_update)(void *map, const void *key, const void *value, u64 flags) = (void *)BPF_FUNC_map_update_elem;
static long (*const map_delete)(void *map, const void *key) = (void *)BPF_FUNC_map_delete_elem;
static u32 (*const random_number)(void) = (void *)BPF_FUNC_get_prandom_u32;
static u64 (*const nanoseconds)(void) = (void *)BPF_FUNC_ktime_get_ns;
static u64 (*const socket_cookie)(void *context) = (void *)BPF_FUNC_get_socket_cookie;
static u64 (*const network_cookie)(void *context) = (void *)BPF_FUNC_get_netns_cookie;
static int (*const set_error)(int error) = (void *)BPF_FUNC_set_retval;

// An address is one of IPv6; one of IPv4 is ::ffff:a.b.c.d, as sockets of both families have it. Ports are in network order.
struct endpoint {
	u32 address[4];
	u16 port;
	u16 zero;
};

// Whose services a socket may use: a node's and its pods'. Sockets of other network namespaces are left alone.
struct network {
	u64 node;
	u32 own; // the node's own namespace, not a pod's
	u32 zero;
};

struct service_key {
	u64 node;
	u32 address[4];
	u16 port;
	u8 protocol;
	u8 zero;
	u32 zeros;
};

struct service {
	u64 id;
	u32 count;    // of endpoints
	u32 affinity; // seconds that a client stays with its endpoint; 0: it does not
	u32 flags;
	u32 zero;
};

// Only sockets of the node itself: 127.0.0.1 is another place in a pod.
#define NODE_ONLY 1

struct slot {
	u64 service;
	u32 number; // from 0
	u32 zero;
};

struct member {
	u64 service;
	struct endpoint endpoint;
	u32 zero;
};

struct client {
	u64 network;
	u64 service;
};

struct affinity {
	u64 last; // nanoseconds
	struct endpoint endpoint;
	u32 zero;
};

struct peer {
	u64 socket;
	struct endpoint endpoint;
	u32 zero;
};

// How libbpf and bpftool have maps, too: an array's length is the number.
#define MAP(name, kind, size, Key, Value)  \
	struct {                           \
		int(*type)[kind];          \
		int(*max_entries)[size];   \
		Key(*key);                 \
		Value(*value);             \
	} name SECTION(".maps")
#define GROWING_MAP(name, kind, size, Key, Value) \
	struct {                                            \
		int(*type)[kind];                           \
		int(*max_entries)[size];                    \
		int(*map_flags)[BPF_F_NO_PREALLOC];         \
		Key(*key);                                  \
		Value(*value);                              \
	} name SECTION(".maps")

GROWING_MAP(networks, BPF_MAP_TYPE_HASH, 16384, u64, struct network);
GROWING_MAP(services, BPF_MAP_TYPE_HASH, 65536, struct service_key, struct service);
GROWING_MAP(endpoints, BPF_MAP_TYPE_HASH, 262144, struct slot, struct endpoint);
GROWING_MAP(members, BPF_MAP_TYPE_HASH, 65536, struct member, u32);
// What the programs note themselves: where there is no room left the oldest goes.
MAP(affinities, BPF_MAP_TYPE_LRU_HASH, 16384, struct client, struct affinity);
MAP(peers, BPF_MAP_TYPE_LRU_HASH, 16384, struct peer, struct endpoint);

// What each hook returns: the system call goes on, or fails with the error that was set.
#define PROCEED 1
#define REJECT 0

INLINE struct endpoint destination(struct bpf_sock_addr *context, bool is_ipv6)
{
	struct endpoint found = {};
	if (is_ipv6) {
		found.address[0] = context->user_ip6[0];
		found.address[1] = context->user_ip6[1];
		found.address[2] = context->user_ip6[2];
		found.address[3] = context->user_ip6[3];
	} else {
		found.address[2] = __builtin_bswap32(0xffff);
		found.address[3] = context->user_ip4;
	}
	// The kernel lets no half of the field be read.
	volatile u32 port = context->user_port;
	found.port = port;
	return found;
}

INLINE void redirect(struct bpf_sock_addr *context, bool is_ipv6, const struct endpoint *to)
{
	if (is_ipv6) {
		context->user_ip6[0] = to->address[0];
		context->user_ip6[1] = to->address[1];
		context->user_ip6[2] = to->address[2];
		context->user_ip6[3] = to->address[3];
	} else {
		context->user_ip4 = to->address[3];
	}
	context->user_port = to->port;
}

// A socket without a connection keeps to one endpoint, for its answers would else come from several. Cookies are numbers in
// sequence, of which a program may well have every second one: mixed as MurmurHash3 ends.
INLINE u32 socket_number(u64 cookie)
{
	cookie ^= cookie >> 33;
	cookie *= 0xff51afd7ed558ccdULL;
	cookie ^= cookie >> 33;
	cookie *= 0xc4ceb9fe1a85ec53ULL;
	return cookie ^ (cookie >> 33);
}

// Where a client is to stay; nothing where it has not been for too long, or its endpoint has gone.
INLINE bool is_bound(const struct service *service, const struct client *client, struct endpoint *chosen)
{
	struct affinity *known = map_lookup(&affinities, client);
	if (!known || nanoseconds() - known->last > service->affinity * 1000000000ULL)
		return false;
	struct member member = {.service = service->id, .endpoint = known->endpoint};
	if (!map_lookup(&members, &member))
		return false;
	*chosen = known->endpoint;
	return true;
}

INLINE bool choose(struct bpf_sock_addr *context, const struct service *service, bool connects, struct endpoint *chosen)
{
	struct client client = {.network = network_cookie(context), .service = service->id};
	u32 number = connects ? random_number() : socket_number(socket_cookie(context));
	if (service->count == 0)
		return false;
	if (!service->affinity || !is_bound(service, &client, chosen)) {
		struct slot slot = {.service = service->id, .number = number % service->count};
		struct endpoint *found = map_lookup(&endpoints, &slot);
		if (!found) {
			// There was one less a moment ago.
			slot.number = 0;
			found = map_lookup(&endpoints, &slot);
		}
		if (!found)
			return false;
		*chosen = *found;
	}
	if (service->affinity) {
		struct affinity now = {.last = nanoseconds(), .endpoint = *chosen};
		map_update(&affinities, &client, &now, BPF_ANY);
	}
	return true;
}

INLINE struct service *service_at(struct bpf_sock_addr *context, const struct endpoint *asked)
{
	u64 cookie = network_cookie(context);
	struct network *network = map_lookup(&networks, &cookie);
	if (!network)
		return 0;
	struct service_key key = {.node = network->node, .port = asked->port, .protocol = context->protocol};
	key.address[0] = asked->address[0];
	key.address[1] = asked->address[1];
	key.address[2] = asked->address[2];
	key.address[3] = asked->address[3];
	struct service *service = map_lookup(&services, &key);
	if (service && (service->flags & NODE_ONLY) && !network->own)
		return 0;
	return service;
}

INLINE int forward(struct bpf_sock_addr *context, bool is_ipv6, bool connects)
{
	struct endpoint asked = destination(context, is_ipv6), chosen = {};
	struct service *service = service_at(context, &asked);
	if (!service) {
		// The same socket may have come there by a service before.
		struct peer former = {.socket = socket_cookie(context), .endpoint = asked};
		map_delete(&peers, &former);
		return PROCEED;
	}
	if (!choose(context, service, connects, &chosen)) {
		set_error(-ECONNREFUSED);
		return REJECT;
	}
	struct peer peer = {.socket = socket_cookie(context), .endpoint = chosen};
	map_update(&peers, &peer, &asked, BPF_ANY);
	redirect(context, is_ipv6, &chosen);
	return PROCEED;
}

// The program sees the address that it has asked for, whoever answers.
INLINE int reverse(struct bpf_sock_addr *context, bool is_ipv6)
{
	struct peer peer = {.socket = socket_cookie(context), .endpoint = destination(context, is_ipv6)};
	struct endpoint *asked = map_lookup(&peers, &peer);
	if (asked)
		redirect(context, is_ipv6, asked);
	return PROCEED;
}

// Of a socket without a connection nobody knows here whom it has asked: its entries are the oldest one day.
INLINE int forget(struct bpf_sock *socket)
{
	struct peer peer = {.socket = socket_cookie(socket)};
	if (socket->family == AF_INET6) {
		peer.endpoint.address[0] = socket->dst_ip6[0];
		peer.endpoint.address[1] = socket->dst_ip6[1];
		peer.endpoint.address[2] = socket->dst_ip6[2];
		u32 last = socket->dst_ip6[3];
		KEEP(last);
		peer.endpoint.address[3] = last;
	} else {
		peer.endpoint.address[2] = __builtin_bswap32(0xffff);
		peer.endpoint.address[3] = socket->dst_ip4;
	}
	peer.endpoint.port = socket->dst_port;
	map_delete(&peers, &peer);
	return PROCEED;
}

SECTION("cgroup/connect4") int connect4(struct bpf_sock_addr *context) { return forward(context, false, true); }
SECTION("cgroup/connect6") int connect6(struct bpf_sock_addr *context) { return forward(context, true, true); }
SECTION("cgroup/sendmsg4") int sendmsg4(struct bpf_sock_addr *context) { return forward(context, false, false); }
SECTION("cgroup/sendmsg6") int sendmsg6(struct bpf_sock_addr *context) { return forward(context, true, false); }
SECTION("cgroup/recvmsg4") int recvmsg4(struct bpf_sock_addr *context) { return reverse(context, false); }
SECTION("cgroup/recvmsg6") int recvmsg6(struct bpf_sock_addr *context) { return reverse(context, true); }
SECTION("cgroup/getpeername4") int getpeername4(struct bpf_sock_addr *context) { return reverse(context, false); }
SECTION("cgroup/getpeername6") int getpeername6(struct bpf_sock_addr *context) { return reverse(context, true); }
SECTION("cgroup/sock_release") int sock_release(struct bpf_sock *socket) { return forget(socket); }

char licence[] SECTION("license") = "Dual MIT/GPL";
