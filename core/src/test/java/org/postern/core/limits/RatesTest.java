// SPDX-License-Identifier: Apache-2.0
package org.postern.core.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Rates, the buckets that keep them, and failed logins, on a clock of the test's own.
final class RatesTest {
    private long now;

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void a_rate_is_written_and_read() {
        for (String text : List.of("300/1m", "20/1h", "7/90s", "2/3d", "unlimited")) {
            assertThat(Rate.parse(text)).hasToString(text);
        }
        assertThat(Rate.parse("300/m")).isEqualTo(Rate.parse("300 / 60s"));
        for (String text : List.of("", "0/1m", "300", "300/", "1/8d", "1/0s", "-1/1m", "1/1w", "9999999999/1s")) {
            assertThatThrownBy(() -> Rate.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .message()
                    .isNotEmpty();
        }
    }

    @Test
    void so_many_at_once_and_then_as_they_run_out() {
        LeakyCounters<String> counters = new LeakyCounters<>(Rate.parse("6/1m"), 10, () -> now);
        for (int i = 0; i < 6; i++) {
            assertThat(counters.take("a")).isTrue();
        }
        assertThat(counters.take("a")).isFalse();
        assertThat(counters.take("b")).as("another key").isTrue();
        pass(Duration.ofSeconds(9));
        assertThat(counters.take("a")).isFalse();
        pass(Duration.ofSeconds(1));
        assertThat(counters.take("a")).isTrue();
        assertThat(counters.take("a")).isFalse();
        pass(Duration.ofMinutes(1));
        assertThat(counters.count("a")).isZero();
    }

    @Test
    void without_a_bound_nothing_is_ever_too_much() {
        LeakyCounters<String> counters = new LeakyCounters<>(Rate.UNLIMITED, 10, () -> now);
        LeakyBucket bucket = new LeakyBucket(Rate.UNLIMITED, () -> now);
        for (int i = 0; i < 100_000; i++) {
            assertThat(counters.take("a")).isTrue();
            assertThat(bucket.take()).isTrue();
        }
    }

    @Test
    void the_table_is_bounded() {
        LeakyCounters<Integer> counters = new LeakyCounters<>(Rate.parse("1/1h"), 100, () -> now);
        int remembered = 0;
        for (int i = 0; i < 10_000; i++) {
            counters.add(i);
        }
        for (int i = 0; i < 10_000; i++) {
            remembered += counters.count(i);
        }
        assertThat(remembered).isBetween(1, 100);
    }

    private static final InetAddress HOME = InetAddress.ofLiteral("192.0.2.1");

    private LoginLimits logins() {
        return new LoginLimits(
                new LoginLimitsConfig(
                        Rate.parse("5/1h"), Rate.parse("10/1h"), Duration.ofSeconds(1), Duration.ofSeconds(3), 1000),
                () -> now);
    }

    @Test
    void an_address_that_guesses_is_answered_ever_later_and_then_not_at_all() {
        LoginLimits logins = logins();
        assertThat(logins.failed(HOME, "a")).isEqualTo(Duration.ofSeconds(1));
        assertThat(logins.failed(HOME, "b")).isEqualTo(Duration.ofSeconds(1));
        assertThat(logins.failed(HOME, "c")).isEqualTo(Duration.ofSeconds(1));
        assertThat(logins.failed(HOME, "d")).isEqualTo(Duration.ofSeconds(2));
        assertThat(logins.mayTry(HOME, "e")).isTrue();
        assertThat(logins.failed(HOME, "e")).isEqualTo(Duration.ofSeconds(3));
        assertThat(logins.mayTry(HOME, "f")).isFalse();
        assertThat(logins.mayTry(InetAddress.ofLiteral("192.0.2.2"), "f")).isTrue();
        pass(Duration.ofMinutes(12));
        assertThat(logins.mayTry(HOME, "f")).as("one of five an hour ran out").isTrue();
    }

    @Test
    void an_account_guessed_at_from_everywhere_is_closed_but_not_to_its_user() {
        LoginLimits logins = logins();
        logins.succeeded(HOME, "Alice@here.example");
        for (int i = 0; i < 10; i++) {
            logins.failed(InetAddress.ofLiteral("198.51.100." + i), "alice@HERE.example");
        }
        assertThat(logins.mayTry(InetAddress.ofLiteral("198.51.100.77"), "alice@here.example"))
                .isFalse();
        assertThat(logins.mayTry(InetAddress.ofLiteral("198.51.100.77"), "bob@here.example"))
                .isTrue();
        assertThat(logins.mayTry(HOME, "alice@here.example")).isTrue();
        assertThat(logins.isUserAddress(HOME)).isTrue();
        assertThat(logins.isUserAddress(InetAddress.ofLiteral("198.51.100.1"))).isFalse();
    }

    /// Else wrong tokens without a name would lock out everybody who logs in by token without one.
    @Test
    void logins_without_a_name_share_no_account() {
        LoginLimits logins = logins();
        for (int i = 1; i < 200; i++) {
            logins.failed(InetAddress.ofLiteral("192.0.2." + i), "");
        }
        assertThat(logins.mayTry(InetAddress.ofLiteral("198.51.100.1"), "")).isTrue();
    }

    @Test
    void one_right_guess_does_not_wash_an_address_clean() {
        LoginLimits logins = logins();
        for (int i = 0; i < 5; i++) {
            logins.failed(HOME, "account" + i);
        }
        logins.succeeded(HOME, "account9");
        assertThat(logins.mayTry(HOME, "account9")).isFalse();
    }

    @Test
    void an_ipv6_client_is_its_64_and_no_ipv4_address_is_one_of_ipv6() {
        assertThat(AddressKey.ofClient(InetAddress.ofLiteral("2001:db8::1")))
                .isEqualTo(AddressKey.ofClient(InetAddress.ofLiteral("2001:db8::ffff:1")))
                .isNotEqualTo(AddressKey.ofClient(InetAddress.ofLiteral("2001:db8:0:1::1")));
        assertThat(AddressKey.of(InetAddress.ofLiteral("192.0.2.129"), 25, 48))
                .isEqualTo(AddressKey.of(InetAddress.ofLiteral("192.0.2.255"), 25, 48))
                .isNotEqualTo(AddressKey.of(InetAddress.ofLiteral("192.0.2.127"), 25, 48));
        assertThat(AddressKey.of(InetAddress.ofLiteral("0.0.0.0"), 0, 0))
                .isNotEqualTo(AddressKey.of(InetAddress.ofLiteral("::"), 0, 0));
        assertThat(AddressKey.of(InetAddress.ofLiteral("2001:db8::1"), 32, 128).prefixLength())
                .isEqualTo(128);
    }
}
