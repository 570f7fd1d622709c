// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.postern.core.limits.Deadline;

class ClientNameTest {
    private final InMemoryDns dns = new InMemoryDns();

    private ClientName name(String address) throws Exception {
        return ClientName.of(InetAddress.getByName(address), dns, Deadline.in(Duration.ofSeconds(20)));
    }

    private void pointer(String reversed, String name) {
        dns.add(reversed, DnsQuestion.Type.PTR, new DnsRecord.Ptr(new DnsName(name)));
    }

    @Test
    void name_thatHasTheAddress_isConfirmed() throws Exception {
        pointer("1.2.0.192.in-addr.arpa", "liar.example");
        pointer("1.2.0.192.in-addr.arpa", "mail.example");
        dns.address("liar.example", "192.0.2.99").address("mail.example", "192.0.2.1");
        assertThat(name("192.0.2.1")).isEqualTo(new ClientName.Confirmed(new DnsName("mail.example")));
    }

    @Test
    void addressWithoutName_orWithOneThatDoesNotHaveIt_hasNone() throws Exception {
        assertThat(name("192.0.2.2")).isEqualTo(new ClientName.None());
        pointer("3.2.0.192.in-addr.arpa", "liar.example");
        dns.address("liar.example", "192.0.2.99");
        assertThat(name("192.0.2.3")).isEqualTo(new ClientName.None());
    }

    @Test
    void dnsTrouble_isUnknownAndNeverNone() throws Exception {
        dns.failing("4.2.0.192.in-addr.arpa", DnsQuestion.Type.PTR, DnsAnswer.Reason.TIMED_OUT);
        assertThat(name("192.0.2.4")).isInstanceOf(ClientName.Unknown.class);
        pointer("5.2.0.192.in-addr.arpa", "slow.example");
        dns.failing("slow.example", DnsQuestion.Type.A, DnsAnswer.Reason.SERVER_FAILURE);
        assertThat(name("192.0.2.5")).isInstanceOf(ClientName.Unknown.class);
    }

    @Test
    void privateAddresses_areNotAsked() throws Exception {
        int before = dns.questions();
        for (String address : new String[] {"127.0.0.1", "10.1.2.3", "::1", "fd00::1"}) {
            assertThat(name(address)).isInstanceOf(ClientName.Unknown.class);
        }
        assertThat(dns.questions()).isEqualTo(before);
    }
}
