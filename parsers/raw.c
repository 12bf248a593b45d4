/* SPDX-License-Identifier: MIT */
/* Lines that no parser knows; programs that are certainly not mail; and what the
 * syslog daemons say about the log itself. */
#include "parsers/mail.h"

/* Only what can say nothing about mail. */
static const char *const not_mail[] = {
	"(systemd)", "CRON", "CROND", "ModemManager", "NetworkManager",
	"acpid", "agetty", "anacron", "apparmor", "apt-daily", "atd", "audit",
	"auditd", "audisp-syslog", "augenrules", "avahi-daemon", "chronyd",
	"cloud-init", "collectd", "containerd", "crond", "cron", "crontab",
	"dbus", "dbus-daemon", "dhclient", "dhcpcd", "dhcpd", "dmeventd",
	"dnsmasq", "dockerd", "firewalld", "getty", "groupadd", "groupmod",
	"init", "ip6tables", "iptables", "irqbalance", "kernel", "kubelet",
	"login", "logrotate", "lvm", "mdadm", "multipathd", "named",
	"networkd-dispatcher", "nfsd", "ntpd", "ntpdate", "openvpn", "passwd",
	"polkitd", "rsyslogd", "rsyslogd-2177", "rsyslogd-pstats", "rtkit-daemon", "run-parts",
	"smartd", "snapd", "snmpd", "sshd", "sshd-session", "su", "sudo",
	"syslog-ng", "syslogd", "systemd", "systemd-coredump",
	"systemd-fsck", "systemd-journal", "systemd-journald",
	"systemd-logind", "systemd-networkd", "systemd-resolved",
	"systemd-timesyncd", "systemd-tmpfiles", "systemd-udevd",
	"thermald", "udevd", "unattended-upgrade", "useradd", "userdel",
	"usermod", "wpa_supplicant", "zabbix_agentd",
};

static bool claims(struct slice program)
{
	if (program.len < 2 || program.len > 24)
		return false;
	for (size_t i = 0; i < sizeof not_mail / sizeof *not_mail; i++)
		if (not_mail[i][0] == program.ptr[0] &&
		    slice_eq(slice_str(not_mail[i]), program))
			return true;
	return false;
}

static bool contains(struct slice s, const char *text)
{
	return slice_find(s, slice_str(text)) != SLICE_NONE;
}

/* The log daemons' own word that lines are missing. */
static bool tells_gap(const struct record *r)
{
	struct slice b = r->body;

	if (slice_starts(r->program, SLICE("rsyslogd")))
		return contains(b, "imuxsock lost ") ||
		       contains(b, "imuxsock begins to drop messages") ||
		       contains(b, "begin to drop messages due to rate-limiting") ||
		       contains(b, " messages lost due to rate-limiting") ||
		       (contains(b, " messages from ") &&
		        contains(b, "rate-limiting"));
	if (slice_starts(r->program, SLICE("systemd-journal")))
		return slice_starts(b, SLICE("Suppressed ")) ||
		       slice_starts(b, SLICE("Forwarding to syslog missed "));
	return false;
}

/* "message repeated 3 times: [ … ]", "last message repeated 3 times". */
static bool repeat_count(struct slice body, uint64_t *n)
{
	const struct slice word = SLICE("message repeated ");
	const struct slice last = SLICE("last ");

	if (slice_starts(body, last))
		body = slice_from(body, last.len);
	if (!slice_starts(body, word))
		return false;
	body = slice_from(body, word.len);
	if (!slice_u64(slice_cut(&body, ' '), n) || *n > INT32_MAX)
		return false;
	return slice_starts(body, SLICE("time"));
}

static enum parse parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out)
{
	struct event *e;
	uint64_t n;

	(void)l;
	(void)arena;
	if (repeat_count(r->body, &n)) {
		e = events_add(out);
		e->roles = ROLE_REPEATS;
		event_set_number(e, EV_REPEAT, (int64_t)n);
		return PARSE_OK;
	}
	if (!claims(r->program))
		return PARSE_NO;
	e = events_add(out);
	e->roles = tells_gap(r) ? ROLE_GAP : ROLE_NOT_MAIL;
	return PARSE_OK;
}

static const struct parser_example examples[] = {
	{ "Feb  3 01:01:12 mx1 kernel: [12345.678] eth0: link up",
	  "info roles=not_mail" },
	{ "Feb  3 01:01:12 mx1 CRON[77]: (root) CMD (true)",
	  "info roles=not_mail" },
	{ "Feb  3 01:01:12 mx1 rsyslogd: imuxsock lost 250 messages from pid 7 "
	  "due to rate-limiting",
	  "info roles=gap" },
	{ "Feb  3 01:01:12 mx1 rsyslogd-2177: imuxsock begins to drop messages "
	  "from pid 7 due to rate-limiting",
	  "info roles=gap" },
	{ "Feb  3 01:01:12 mx1 systemd-journald[9]: Suppressed 1412 messages "
	  "from postfix@-.service",
	  "info roles=gap" },
	{ "Feb  3 01:01:12 mx1 last message repeated 3 times",
	  "info repeat=3 roles=repeats" },
	{ "Feb  3 01:01:12 mx1 dovecot: message repeated 2 times: [ imap: Warning: x]",
	  "info repeat=2 roles=repeats" },
};

const struct parser parser_raw = {
	.name = "raw",
	.about = "lines that no parser knows, and programs that are not mail",
	.claims = claims,
	.parse = parse,
	.examples = examples,
	.nexamples = sizeof examples / sizeof *examples,
};
