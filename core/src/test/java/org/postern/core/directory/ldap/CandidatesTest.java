// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.core.mail.MailAddress;

class CandidatesTest {
    private static final Candidates QMAIL = new Candidates("-", "", true);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a@x.org | a@x.org catchall@x.org",
                "a-b@x.org | a-b@x.org a-catchall@x.org catchall@x.org",
                "a-b-c@x.org | a-b-c@x.org a-b-catchall@x.org a-catchall@x.org catchall@x.org",
                "a-b-c-d-e-f-g@x.org | a-b-c-d-e-f-g@x.org a-b-c-d-catchall@x.org a-b-c-catchall@x.org"
                        + " a-b-catchall@x.org a-catchall@x.org catchall@x.org",
                "-a@x.org | -a@x.org catchall@x.org",
                "catchall@x.org | catchall@x.org",
            })
    void of_anAddress_isWhatQmailLdapLooksFor(String address, String expected) {
        assertThat(QMAIL.of(MailAddress.parse(address)))
                .extracting(MailAddress::toString)
                .containsExactly(expected.split(" "));
    }

    @Test
    void of_aLongLocalPart_leavesOutWhatWouldBeTooLong() {
        String local = "a".repeat(60) + "-b";

        assertThat(QMAIL.of(MailAddress.parse(local + "@x.org")))
                .containsExactly(MailAddress.parse(local + "@x.org"), MailAddress.parse("catchall@x.org"));
    }

    @Test
    void of_anAddressWithADetail_triesItWithoutTheDetailNext() {
        assertThat(new Candidates("-", "+", true).of(MailAddress.parse("a-b+c-d@x.org")))
                .extracting(MailAddress::localPart)
                .isEqualTo(List.of("a-b+c-d", "a-b", "a-b+c-catchall", "a-catchall", "catchall"));
        assertThat(new Candidates("-", "+", false).of(MailAddress.parse("+a@x.org")))
                .extracting(MailAddress::localPart)
                .containsExactly("+a");
    }
}
