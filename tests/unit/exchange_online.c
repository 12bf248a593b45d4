/* SPDX-License-Identifier: MIT */
/* Exchange Online: message traces and the order of their days and months. */
#include "base/civil.h"
#include "tests/parsing.h"
#include "tests/reading.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct parser_example online[] = {
	{ "Received,SenderAddress,RecipientAddress,Subject,Status,ToIP,FromIP,"
	  "Size,MessageId,MessageTraceId\n14.03.2026 21:15:02,a@example.org,"
	  "b@example.com,x,Failed,,,0,,3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56\n",
	  "bounce queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "sender=a@example.org recipient=b@example.com reply=Failed "
	  "subject=x instance=exchange-online "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly,attempt "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56" },
	{ "Received,SenderAddress,RecipientAddress,Subject,Status,ToIP,FromIP,"
	  "Size,MessageId,MessageTraceId\n3/4/2026 12:15:02 PM,a@example.org,"
	  "b@example.com,x,Pending,,,0,,3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56\n",
	  "defer queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "sender=a@example.org recipient=b@example.com reply=Pending "
	  "subject=x instance=exchange-online "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly,attempt "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56" },
	{ "Received,SenderAddress,RecipientAddress,Subject,Status,ToIP,FromIP,"
	  "Size,MessageId,MessageTraceId\n13/4/2026 0:15:02,a@example.org,"
	  "b@example.com,x,FilteredAsSpam,,,0,,"
	  "3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56\n3/4/2026 0:15:02,"
	  "a@example.org,b@example.com,x,Expanded,,,0,,"
	  "3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56\n",
	  "discard queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "sender=a@example.org recipient=b@example.com reply=FilteredAsSpam "
	  "subject=x instance=exchange-online "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly,attempt "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 & expand "
	  "queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 sender=a@example.org "
	  "recipient=b@example.com reply=Expanded subject=x "
	  "instance=exchange-online id_time=2026-03-14T09:15:02.144614Z "
	  "roles=opens_weakly "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56" },
	{ "Received;SenderAddress;RecipientAddress;Subject;Status;ToIP;FromIP;"
	  "Size;MessageId;MessageTraceId\n2026-03-14T09:15:02.15;"
	  "a@example.org;b@example.com;\"two\r\nReceived,SenderAddress,"
	  "RecipientAddress,Subject,Status,ToIP,FromIP,Size,MessageId,"
	  "MessageTraceId\";Delivered;;;1;<m@example.org>;"
	  "3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56\n",
	  "deliver queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m@example.org sender=a@example.org "
	  "recipient=b@example.com reply=Delivered "
	  "subject=two\\x0d\\x0aReceived,SenderAddress,RecipientAddress,"
	  "Subject,Status,ToIP,FromIP,Size,MessageId,MessageTraceId "
	  "instance=exchange-online size=1 "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly,attempt "
	  "message_id:own=m@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56" },
	{ "Received,SenderAddress,RecipientAddress,Subject,Status,ToIP,FromIP,"
	  "Size,MessageId,MessageTraceId\r\nReceived,SenderAddress,"
	  "RecipientAddress,Subject,Status,ToIP,FromIP,Size,MessageId,"
	  "MessageTraceId\n2/30/2026 1:00:00 AM,a@example.org,b@example.com,x,"
	  "Somehow,,,-1,<>,not-a-guid\n3/14/2026 13:15:02 PM,a@example.org,"
	  "b@example.com,x,\"Delivered\n",
	  "info queue_id=not-a-guid message_id=<> sender=a@example.org "
	  "recipient=b@example.com reply=Somehow subject=x "
	  "instance=exchange-online roles=opens_weakly "
	  "network_id:own=not-a-guid & unknown" },
	{ "Received,SenderAddress,RecipientAddress,Subject,Status,ToIP,FromIP,"
	  "Size,MessageId,MessageTraceId\n3/14/2026 9:15:02 AM,@SUM(1),=1+1,"
	  "=HYPERLINK(\"x\"),Delivered,,,1,<m@example.org>\n",
	  "unknown" },
	{ "origin_timestamp_utc,sender_address,recipient_status,"
	  "message_subject,total_bytes,message_id,network_message_id,"
	  "original_client_ip,directionality,connector_id,"
	  "delivery_priority\n2026-03-14T09:15:02Z,a@example.org,;;##Deliver;"
	  "b@example.com;c@example.com##Deliver##Fail,x,1,<m@example.org>,"
	  "3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56,,1,,\n2026-03-14T09:15:02Z,"
	  "a@example.org,;,x,1,<m@example.org>,"
	  "3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56,,1,,\n",
	  "deliver queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m@example.org sender=a@example.org reply=Deliver "
	  "subject=x instance=exchange-online size=1 "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly "
	  "message_id:own=m@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 & info "
	  "queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m@example.org sender=a@example.org "
	  "recipient=b@example.com subject=x instance=exchange-online size=1 "
	  "id_time=2026-03-14T09:15:02.144614Z message_id:own=m@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 & info "
	  "queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m@example.org sender=a@example.org "
	  "recipient=c@example.com reply=Deliver##Fail subject=x "
	  "instance=exchange-online size=1 "
	  "id_time=2026-03-14T09:15:02.144614Z message_id:own=m@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 & unknown" },
	{ "Timestamp,NetworkMessageId,InternetMessageId,SenderMailFromAddress,"
	  "SenderFromAddress,SenderIPv4,SenderIPv6,RecipientEmailAddress,"
	  "Subject,EmailDirection,DeliveryAction,DeliveryLocation,"
	  "ThreatTypes\n2026-03-14T09:15:02Z,,<m1@example.org>,a@example.org,"
	  "a@example.org,,2001:db8::7,bob@example.com,x,Inbound,Blocked,"
	  "Quarantine,\n2026-03-14T09:15:02Z,"
	  "3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56,<m1@example.org>,,"
	  "a@example.org,,2001:db8::7,bob@example.com,x,Inbound,Blocked,"
	  "Quarantine,\"Malware, Phish\"\n2026-03-14T09:15:02Z,"
	  "3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56,<m1@example.org>,,"
	  "a@example.org,,,bob@example.com,x,Inbound,Blocked,Dropped,\n",
	  "unknown & quarantine queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m1@example.org recipient=bob@example.com "
	  "client_ip=2001:db8::7 reply=Blocked place=Quarantine subject=x "
	  "header_from=a@example.org verdict=\"Malware, Phish\" "
	  "instance=exchange-online id_time=2026-03-14T09:15:02.144614Z "
	  "roles=opens_weakly,attempt message_id:own=m1@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 & discard "
	  "queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m1@example.org recipient=bob@example.com reply=Blocked "
	  "place=Dropped subject=x header_from=a@example.org "
	  "instance=exchange-online id_time=2026-03-14T09:15:02.144614Z "
	  "roles=opens_weakly,attempt message_id:own=m1@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56" },
	{ "{\"Received\":\"/Date(1773479702000)/\","
	  "\"SenderAddress\":\"alice@example.org\","
	  "\"RecipientAddress\":\"bob@example.com\",\"Subject\":null,"
	  "\"Status\":\"GettingStatus\",\"ToIP\":null,"
	  "\"FromIP\":\"198.51.100.7\",\"Size\":2048,"
	  "\"MessageId\":\"<m1@example.org>\","
	  "\"MessageTraceId\":\"3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56\"}\n{\"Re"
	  "ceived\":\"/Date(1773479702000)/\","
	  "\"SenderAddress\":\"alice@example.org\","
	  "\"RecipientAddress\":\"bob@example.com\",\"Subject\":null,"
	  "\"Status\":\"Failed\",\"ToIP\":null,\"FromIP\":\"198.51.100.7\","
	  "\"Size\":2048,\"MessageId\":\"<m1@example.org>\","
	  "\"MessageTraceId\":\"3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56\"}\n{\"Re"
	  "ceived\":\"/Date(1773479702000)/\","
	  "\"SenderAddress\":\"alice@example.org\","
	  "\"RecipientAddress\":\"bob@example.com\",\"Subject\":null,"
	  "\"Status\":\"Delivered\",\"ToIP\n{\"Received\":\"/Date(x)/\","
	  "\"SenderAddress\":\"alice@example.org\","
	  "\"RecipientAddress\":\"bob@example.com\",\"Subject\":null,"
	  "\"Status\":\"D\\u0065livered\",\"ToIP\":null,"
	  "\"FromIP\":\"198.51.100.7\",\"Size\":2048,"
	  "\"MessageId\":\"<m1@example.org>\","
	  "\"MessageTraceId\":\"3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56\"}\n{\"Me"
	  "ssageTraceId\":[1,2],\"Status\":{\"a\":\"b\"}}\n",
	  "info queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m1@example.org sender=alice@example.org "
	  "recipient=bob@example.com client_ip=198.51.100.7 "
	  "reply=GettingStatus instance=exchange-online size=2048 "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly,addressed "
	  "message_id:own=m1@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 & bounce "
	  "queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m1@example.org sender=alice@example.org "
	  "recipient=bob@example.com client_ip=198.51.100.7 reply=Failed "
	  "instance=exchange-online size=2048 "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly,attempt "
	  "message_id:own=m1@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 & unknown & "
	  "deliver queue_id=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 "
	  "message_id=m1@example.org sender=alice@example.org "
	  "recipient=bob@example.com client_ip=198.51.100.7 reply=Delivered "
	  "instance=exchange-online size=2048 "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly,attempt "
	  "message_id:own=m1@example.org "
	  "network_id:own=3f6d5c2b-1a09-48b7-e6f5-08de81aa2c56 & info "
	  "queue_id=1 instance=exchange-online roles=opens_weakly "
	  "network_id:own=1" },
};

static void test_online(void **state)
{
	(void)state;
	parsing_check_file(online, COUNT(online));
	parsing_check_cuts(online, COUNT(online));
}

/* The order of day and month is that of the whole file. */
static void test_days(void **state)
{
	static const char *const files[][2] = {
		{ "3/4/2026 1:00:00,a@example.org,b@example.com,Delivered,i\n"
		  "13/4/2026 1:00:00,a@example.org,b@example.com,Delivered,i\n",
		  "2026-04-03T01:00:00.000000Z 2026-04-13T01:00:00.000000Z " },
		{ "3/4/2026 1:00:00 AM,a@example.org,b@example.com,Delivered,i\n",
		  "2026-03-04T01:00:00.000000Z " },
		{ "03.04.2026 01:00:00,a@example.org,b@example.com,Delivered,i\n",
		  "2026-04-03T01:00:00.000000Z " },
	};
	struct strbuf text = { 0 }, got = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		struct reading r;

		strbuf_reset(&text);
		strbuf_reset(&got);
		strbuf_addf(&text, "Received,SenderAddress,RecipientAddress,"
		                   "Status,MessageTraceId\n%s",
		            files[i][0]);
		reading_init(&r, NULL, strbuf_slice(&text));
		while (reading_cut(&r)) {
			if (r.record.flags & RECORD_HEADER)
				continue;
			assert_int_equal(r.record.time.has & STAMP_ABSOLUTE,
			                 STAMP_ABSOLUTE);
			civil_add_iso(&got, r.record.time.us);
			strbuf_add_char(&got, ' ');
		}
		assert_string_equal(strbuf_text(&got), files[i][1]);
		reading_release(&r);
	}
	strbuf_release(&text);
	strbuf_release(&got);
}


int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_online),
		cmocka_unit_test(test_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
