// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.ReversePath;

final class GreylistTest {
    private static final byte[] MAIL = new byte[32];
    private static final double UNDECIDED = 3;

    private final FakeClock clock = new FakeClock();
    private final Greylist greylist = greylist(false);

    private Greylist greylist(boolean sameMail) {
        return new Greylist(
                new GreylistConfig(
                        OptionalDouble.of(2),
                        OptionalDouble.of(5),
                        Duration.ofMinutes(3),
                        Duration.ofHours(12),
                        Duration.ofDays(36),
                        sameMail,
                        1000),
                new Networks(24, 48),
                clock);
    }

    private static Envelope mail(String from, String... to) {
        return Envelope.of(
                ReversePath.parse(from),
                Arrays.stream(to).map(ForwardPath::parse).toList());
    }

    private Optional<Duration> ask(String address, Envelope envelope, double score) {
        return greylist.mustWait(InetAddress.ofLiteral(address), envelope, MAIL, score);
    }

    @Test
    void clean_mail_and_plain_spam_are_never_delayed() {
        Envelope mail = mail("a@there.example", "bob@here.example");
        assertThat(ask("192.0.2.1", mail, 1.99)).isEmpty();
        assertThat(ask("192.0.2.1", mail, 5)).isEmpty();
        assertThat(ask("192.0.2.1", mail, -3)).isEmpty();
    }

    @Test
    void who_comes_back_later_from_the_same_network_passes_and_is_known() {
        Envelope mail = mail("a@there.example", "bob@here.example", "alice@here.example");
        assertThat(ask("192.0.2.1", mail, UNDECIDED)).contains(Duration.ofMinutes(3));
        clock.pass(Duration.ofMinutes(1));
        assertThat(ask("192.0.2.1", mail, UNDECIDED)).contains(Duration.ofMinutes(2));
        clock.pass(Duration.ofMinutes(2));
        Envelope sameInOtherOrder = mail("a@there.example", "alice@here.example", "bob@here.example");
        assertThat(ask("192.0.2.77", sameInOtherOrder, UNDECIDED)).isEmpty();
        assertThat(ask("192.0.2.5", mail("other@there.example", "x@here.example"), UNDECIDED))
                .isEmpty();
        assertThat(ask("192.0.3.1", mail, UNDECIDED)).as("another network").isPresent();
        assertThat(ask("192.0.2.1", mail("a@else.example", "bob@here.example"), UNDECIDED))
                .as("another sender domain")
                .isPresent();
    }

    @Test
    void being_known_is_renewed_by_mail_and_ends_without() {
        Envelope mail = mail("a@there.example", "bob@here.example");
        ask("192.0.2.1", mail, UNDECIDED);
        clock.pass(Duration.ofMinutes(4));
        assertThat(ask("192.0.2.1", mail, UNDECIDED)).isEmpty();
        clock.pass(Duration.ofDays(35));
        assertThat(ask("192.0.2.1", mail, UNDECIDED)).isEmpty();
        clock.pass(Duration.ofDays(35));
        assertThat(ask("192.0.2.1", mail, UNDECIDED)).isEmpty();
        clock.pass(Duration.ofDays(37));
        assertThat(ask("192.0.2.1", mail, UNDECIDED)).isPresent();
    }

    @Test
    void who_comes_back_too_late_begins_anew() {
        Envelope mail = mail("", "bob@here.example");
        ask("2001:db8::1", mail, UNDECIDED);
        clock.pass(Duration.ofHours(13));
        assertThat(ask("2001:db8::1", mail, UNDECIDED)).contains(Duration.ofMinutes(3));
        clock.pass(Duration.ofMinutes(3));
        assertThat(ask("2001:db8:0:ffff::1", mail, UNDECIDED))
                .as("the same /48")
                .isEmpty();
    }

    @Test
    void where_the_same_mail_is_wanted_another_one_does_not_pass() {
        Greylist strict = greylist(true);
        Envelope mail = mail("a@there.example", "bob@here.example");
        InetAddress client = InetAddress.ofLiteral("192.0.2.1");
        strict.mustWait(client, mail, MAIL, UNDECIDED);
        clock.pass(Duration.ofMinutes(4));
        byte[] other = MAIL.clone();
        other[0] = 1;
        assertThat(strict.mustWait(client, mail, other, UNDECIDED)).isPresent();
        assertThat(strict.mustWait(client, mail, MAIL, UNDECIDED)).isEmpty();
    }

    @Test
    void it_is_off_where_nothing_is_set() {
        Greylist off = new Greylist(GreylistConfig.defaults(), new Networks(24, 48), clock);
        for (double score : List.of(-100.0, 0.0, 3.0, 100.0)) {
            assertThat(off.mustWait(
                            InetAddress.ofLiteral("192.0.2.1"),
                            mail("a@there.example", "bob@here.example"),
                            MAIL,
                            score))
                    .isEmpty();
        }
    }
}
