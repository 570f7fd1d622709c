// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.ReversePath;

final class AccessListsTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @TempDir
    private Path folder;

    private AccessLists lists(String text) throws IOException {
        return new AccessLists("mx", List.of(write(text)), meters);
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("lists.txt"), text);
    }

    private static String said(Optional<Rule> rule) {
        return rule.map(each -> each.allow() ? "allow" : each.text()).orElse("nothing");
    }

    private static String client(AccessLists lists, String address) {
        return said(lists.rules().client(InetAddress.ofLiteral(address)));
    }

    private static String sender(AccessLists lists, String address) {
        return said(lists.rules().sender(ReversePath.parse(address)));
    }

    @Test
    void the_narrowest_rule_counts_whatever_the_order() throws IOException {
        AccessLists lists = lists("""
                # Networks
                allow client 192.0.2.0/24
                deny  client 192.0.0.0/16   Nothing but spam
                deny  client 192.0.2.66     You most of all

                deny  client 2001:db8::/32
                allow client 2001:db8:1::/48
                """);
        assertThat(client(lists, "192.0.2.1")).isEqualTo("allow");
        assertThat(client(lists, "192.0.2.66")).isEqualTo("You most of all");
        assertThat(client(lists, "192.0.3.1")).isEqualTo("Nothing but spam");
        assertThat(client(lists, "192.1.3.1")).isEqualTo("nothing");
        assertThat(client(lists, "2001:db8::1")).isEqualTo("Not accepted here by local policy");
        assertThat(client(lists, "2001:db8:1::1")).isEqualTo("allow");
    }

    @Test
    void senders_are_found_by_address_domain_and_the_domains_above() throws IOException {
        AccessLists lists = lists("""
                deny  sender there.example            domain
                deny  sender .sub.there.example       below
                allow sender Friend@there.example
                deny  sender <>                       bounces
                deny  recipient there.example         never a sender
                """);
        assertThat(sender(lists, "x@there.example")).isEqualTo("domain");
        assertThat(sender(lists, "friend@There.Example")).isEqualTo("allow");
        assertThat(sender(lists, "x@other.there.example")).isEqualTo("nothing");
        assertThat(sender(lists, "x@sub.there.example")).isEqualTo("below");
        assertThat(sender(lists, "x@a.b.sub.there.example")).isEqualTo("below");
        assertThat(sender(lists, "")).isEqualTo("bounces");
        assertThat(sender(lists, "x@[192.0.2.1]")).isEqualTo("nothing");
        assertThat(said(lists.rules().recipient(MailAddress.parse("bob@there.example"))))
                .isEqualTo("never a sender");
    }

    @Test
    void all_problems_are_named_with_their_lines() {
        assertThatThrownBy(() -> lists("""
                        deny client 192.0.2.1/24 bits beyond the prefix
                        deny
                        permit client 192.0.2.1
                        deny host 192.0.2.1
                        allow sender a@b.example with a text
                        deny client 192.0.2.2 Grüße
                        deny client 192.0.2.3
                        allow client 192.0.2.3
                        """))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .containsExactly(
                                        "lists.txt:1: the address has bits set beyond /24",
                                        "lists.txt:2: not a rule; write for example: deny client 192.0.2.0/24 Text for the client",
                                        "lists.txt:3: not a rule; write for example: deny client 192.0.2.0/24 Text for the client",
                                        "lists.txt:4: \"host\" is none of client, sender and recipient",
                                        "lists.txt:5: an allow rule has no text, for nobody is told it",
                                        "lists.txt:6: a text is at most 200 printable US-ASCII characters",
                                        "lists.txt:8: says the opposite of lists.txt:7"));
    }

    @Test
    void a_changed_file_is_read_once_it_is_written_to_its_end() throws IOException {
        AccessLists lists = lists("deny client 192.0.2.1\n");
        lists.look();
        write("deny client 192.0.2.1\ndeny client 192.0.2.2\n");
        lists.look();
        assertThat(client(lists, "192.0.2.2")).as("seen for the first time").isEqualTo("nothing");
        write("deny client 192.0.2.1\ndeny client 192.0.2.2\ndeny client 192.0.2.3\n");
        lists.look();
        assertThat(client(lists, "192.0.2.3")).as("it still changed").isEqualTo("nothing");
        lists.look();
        assertThat(client(lists, "192.0.2.3")).isNotEqualTo("nothing");
    }

    @Test
    void a_file_that_cannot_be_used_changes_nothing_and_is_counted() throws IOException {
        AccessLists lists = lists("deny client 192.0.2.1\n");
        write("allow client 192.0.2.9\nrubbish\n");
        lists.look();
        lists.look();
        lists.look();
        assertThat(client(lists, "192.0.2.1")).isNotEqualTo("nothing");
        assertThat(client(lists, "192.0.2.9")).isEqualTo("nothing");
        assertThat(meters.get("postern.admission.lists.refused").counter().count())
                .as("once, not with every look")
                .isEqualTo(1);
        Files.delete(folder.resolve("lists.txt"));
        lists.look();
        lists.look();
        assertThat(client(lists, "192.0.2.1")).isNotEqualTo("nothing");
        assertThat(meters.get("postern.admission.lists.refused").counter().count())
                .isEqualTo(2);
    }
}
