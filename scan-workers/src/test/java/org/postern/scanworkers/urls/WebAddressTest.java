// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebAddressTest {
    @ParameterizedTest
    @CsvSource({
        "http://www.example.com/a?b#c, www.example.com",
        "HTTPS://WWW.Example.COM., www.example.com",
        "http://example.com:8080/, example.com",
        "http:example.com/x, example.com",
        "http:\\\\example.com\\x, example.com",
        "http:////example.com/x, example.com",
        "//example.com/x, example.com",
        "http://ex%61mple.com/, example.com",
        "http://bank.example@evil.example/, evil.example",
        "http://a@b@evil.example/, evil.example",
        "http://b\u00fccher.example/, xn--bcher-kva.example",
        "http://example\u3002com/, example.com",
        "http://\uff45xample.com/, example.com",
        "http://192.0.2.1/, 192.0.2.1",
        "http://3221225985/, 192.0.2.1",
        "http://0xc0000201/, 192.0.2.1",
        "http://0300.0.2.1/, 192.0.2.1",
        "http://192.513/, 192.0.2.1",
        "http://[2001:DB8::1]/, [2001:db8::1]"
    })
    void of_aLink_findsTheHostThatBrowsersFind(String link, String host) {
        assertThat(WebAddress.of(link)).map(WebAddress::host).contains(host);
    }

    @Test
    void of_aLinkWithLineEndsAndBlanks_findsTheHost() {
        assertThat(WebAddress.of(" \u0001ht\r\ntp://exam\tple.com/ "))
                .map(WebAddress::host)
                .contains("example.com");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mailto:a@example.com",
                "hello",
                "/path",
                "http://",
                "http://localhost/",
                "http://[oops/",
                "http://ex ample/",
                "http://-/",
                "cid:1@example.com",
                "#top"
            })
    void of_whatHasNoHost_isEmpty(String link) {
        assertThat(WebAddress.of(link)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "www.example.com, example.com",
        "a.b.example.co.uk, example.co.uk",
        "user.github.io, user.github.io",
        "xn--bcher-kva.example.com, example.com",
        "www.xn--85x722f.xn--55qx5d.cn, xn--85x722f.xn--55qx5d.cn"
    })
    void registered_knowsWhereDomainsEnd(String host, String domain) {
        assertThat(PublicSuffixes.registered(host)).contains(domain);
    }

    @ParameterizedTest
    @ValueSource(strings = {"co.uk", "com", "192.0.2.1", "invoice.pdf", "[2001:db8::1]", "a..b", ""})
    void registered_ofWhatNobodyCanRegister_isEmpty(String host) {
        assertThat(PublicSuffixes.registered(host)).isEmpty();
    }

    @Test
    void homographs_areToldFromHonestNames() {
        assertThat(List.of(
                        "b\u00fccher.de",
                        "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444",
                        "\u98df\u72ee.com",
                        "\u30d5\u30a1\u30df\u30ea\u30fc\u30de\u30fc\u30c8.jp",
                        "\u043c\u043e\u0441\u043a\u0432\u0430\u0436.com",
                        "example.com"))
                .noneMatch(name -> Looks.isHomograph(host(name)));
        assertThat(List.of(
                        "p\u0430ypal.com", "\u0430\u0440\u0440\u04cf\u0435.com", "g\u03bfogle.com", "\u03bf\u03bf.net"))
                .allMatch(name -> Looks.isHomograph(host(name)));
    }

    @Test
    void lookalikes_ofProtectedDomains_areFound() {
        Looks looks = new Looks(List.of("paypal.com", "microsoft.com"));
        assertThat(List.of(
                                "paypa1.com",
                                "www.paypai.com",
                                "rnicrosoft.com",
                                "m\u00efcrosoft.com",
                                "paypal.com.evil.net",
                                "paypal.com-login.evil.net",
                                "p\u0430ypal.com")
                        .stream()
                        .map(name ->
                                looks.imitated(WebAddress.of("http://" + name).orElseThrow()))
                        .map(java.util.Optional::isPresent))
                .containsExactly(true, true, true, true, true, false, true);
        assertThat(List.of("paypal.com", "www.paypal.com", "paypal.de", "example.com", "192.0.2.1"))
                .allMatch(name -> looks.imitated(WebAddress.of("http://" + name).orElseThrow())
                        .isEmpty());
    }

    private static String host(String name) {
        return WebAddress.of("http://" + name + "/").orElseThrow().host();
    }

    @Test
    void finder_findsLinksAsMailProgramsDo() {
        assertThat(LinkFinder.in("""
                        See http://one.example/a(b), <https://two.example/x?y=z>. or www.three.com!
                        four.com/path, not five.com alone, nor me@six.com/x, readme.txt/ (http://seven.example/)
                        """, 100).links())
                .containsExactly(
                        "http://one.example/a(b)",
                        "https://two.example/x?y=z",
                        "http://www.three.com",
                        "http://four.com/path",
                        "http://seven.example/");
    }

    @Test
    void finder_ofMoreNamesThanAreLookedUp_saysThatItSawNotAll() {
        String names =
                IntStream.range(0, 10_000).mapToObj(i -> "n" + i + ".nowhere/ ").collect(Collectors.joining());

        assertThat(LinkFinder.in(names + "http://one.example/", 10))
                .isEqualTo(new LinkFinder.Found(List.of("http://one.example/"), true));
        assertThat(LinkFinder.in(names + "two.com/x http://one.example/", 10))
                .isEqualTo(new LinkFinder.Found(List.of(), false));
    }

    @Test
    void everything_ofRandomText_neverFails() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String letters = "ht:/\\@.%0x1a[]-_?#\u3002\u0430\u00fc\ud83d\ude00\u0000 <&\"xn--com";
        Looks looks = new Looks(List.of("paypal.com"));
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "http://" : "");
            for (int k = random.nextInt(40); k > 0; k--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            String link = text.toString();
            assertThatCode(() -> {
                        WebAddress.isHarmful(link);
                        LinkFinder.in(link, 10);
                        LinkFinder.shownHost(link);
                        WebAddress.of(link).ifPresent(address -> {
                            address.domain();
                            Looks.isHomograph(address.host());
                            looks.imitated(address);
                        });
                    })
                    .as("seed %d: %s", seed, link)
                    .doesNotThrowAnyException();
        }
    }
}
