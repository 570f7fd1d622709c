// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsQuestion;
import org.postern.core.dns.DnsRecord;
import org.postern.core.dns.SecureDns;
import org.postern.core.mail.Domain;

@Timeout(60)
class DaneTest {
    private static final Domain DOMAIN = new Domain("remote.example");
    private static final DnsName HOST = new DnsName("mx.remote.example");
    private static final DnsName END = new DnsName("host.provider.example");

    @TempDir
    private Path folder;

    private final Map<DnsQuestion, SecureDns.Vouched> answers = new HashMap<>();
    private final DaneLookup dane = new DaneLookup(
            (question, deadline) -> answers.getOrDefault(
                    question, new SecureDns.Vouched(new DnsAnswer.NoData(), true, question.name())),
            25);

    @BeforeEach
    void names() throws Exception {
        put("remote.example", DnsQuestion.Type.MX, true, new DnsRecord.Mx(10, HOST));
        put(HOST.text(), DnsQuestion.Type.A, true, new DnsRecord.Address(InetAddress.getByName("192.0.2.1")));
    }

    private void put(String name, DnsQuestion.Type type, boolean authentic, DnsRecord... records) {
        answers.put(
                new DnsQuestion(new DnsName(name), type),
                new SecureDns.Vouched(new DnsAnswer.Answer(List.of(records)), authentic, new DnsName(name)));
    }

    /// Makes the host an alias.
    ///
    /// @param secureAlias whether the host's own zone is signed
    /// @param secureEnd whether the zone it leads to is
    private void alias(boolean secureAlias, boolean secureEnd) throws Exception {
        put(HOST.text(), DnsQuestion.Type.CNAME, secureAlias, new DnsRecord.Alias(END));
        answers.put(
                new DnsQuestion(HOST, DnsQuestion.Type.A),
                new SecureDns.Vouched(
                        new DnsAnswer.Answer(List.of(new DnsRecord.Address(InetAddress.getByName("192.0.2.1")))),
                        secureAlias && secureEnd,
                        END));
    }

    private DaneLookup.Found find() throws Exception {
        return dane.find(DOMAIN, new Hops.Hop(HOST, InetAddress.getByName("192.0.2.1")));
    }

    private static DnsRecord.Tlsa tlsa(int usage, int selector, X509Certificate certificate) throws Exception {
        byte[] octets = selector == 0
                ? certificate.getEncoded()
                : certificate.getPublicKey().getEncoded();
        return new DnsRecord.Tlsa(
                usage,
                selector,
                1,
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets)));
    }

    @Test
    void records_countOnlyWhereDnssecVouchesForTheWholeWay() throws Exception {
        DnsRecord.Tlsa record = new DnsRecord.Tlsa(3, 1, 1, "00".repeat(32));
        assertThat(find()).isEqualTo(new DaneLookup.Found.Without(true));
        put("_25._tcp.mx.remote.example", DnsQuestion.Type.TLSA, true, record);
        assertThat(find()).isInstanceOf(DaneLookup.Found.With.class);
        put("_25._tcp.mx.remote.example", DnsQuestion.Type.TLSA, false, record);
        assertThat(find()).isEqualTo(new DaneLookup.Found.Without(true));
        put("_25._tcp.mx.remote.example", DnsQuestion.Type.TLSA, true, record);
        put("remote.example", DnsQuestion.Type.MX, false, new DnsRecord.Mx(10, HOST));
        assertThat(find()).isEqualTo(new DaneLookup.Found.Without(false));
    }

    @Test
    void answer_thatIsForgedOrMissing_meansThatTheHostMustNotBeUsed() throws Exception {
        answers.put(
                new DnsQuestion(new DnsName("_25._tcp.mx.remote.example"), DnsQuestion.Type.TLSA),
                new SecureDns.Vouched(new DnsAnswer.Failure(DnsAnswer.Reason.SERVER_FAILURE, "bogus"), false, HOST));
        assertThat(find()).isInstanceOf(DaneLookup.Found.Unknown.class);
    }

    @Test
    void hostThatIsAnAlias_hasTheRecordsOfWhereItLeads_elseItsOwn() throws Exception {
        DnsRecord.Tlsa record = new DnsRecord.Tlsa(3, 1, 1, "00".repeat(32));
        alias(true, true);
        assertThat(find()).isEqualTo(new DaneLookup.Found.Without(true));
        put("_25._tcp.mx.remote.example", DnsQuestion.Type.TLSA, true, record);
        assertThat(find())
                .isInstanceOfSatisfying(
                        DaneLookup.Found.With.class,
                        with -> assertThat(with.base()).isEqualTo(HOST));
        put("_25._tcp.host.provider.example", DnsQuestion.Type.TLSA, true, record);
        assertThat(find())
                .isInstanceOfSatisfying(
                        DaneLookup.Found.With.class,
                        with -> assertThat(with.base()).isEqualTo(END));
        // What stands there is the last word, even where nobody can do anything with it.
        put("_25._tcp.host.provider.example", DnsQuestion.Type.TLSA, true, new DnsRecord.Tlsa(1, 0, 1, "00"));
        assertThat(find()).isEqualTo(new DaneLookup.Found.Unusable());
    }

    @Test
    void hostThatIsAnAlias_outOfTheSignedZones_hasItsOwnRecordsAlone() throws Exception {
        DnsRecord.Tlsa record = new DnsRecord.Tlsa(3, 1, 1, "00".repeat(32));
        put("_25._tcp.host.provider.example", DnsQuestion.Type.TLSA, true, record);
        alias(true, false);
        assertThat(find()).isEqualTo(new DaneLookup.Found.Without(true));
        put("_25._tcp.mx.remote.example", DnsQuestion.Type.TLSA, true, record);
        assertThat(find())
                .isInstanceOfSatisfying(
                        DaneLookup.Found.With.class,
                        with -> assertThat(with.base()).isEqualTo(HOST));
        alias(false, false);
        assertThat(find()).as("anybody could have made the alias").isEqualTo(new DaneLookup.Found.Without(true));
    }

    @Test
    void recordsThatCannotBeUsed_askForTls_andSayNothingOfTheCertificate() throws Exception {
        put("_25._tcp.mx.remote.example", DnsQuestion.Type.TLSA, true, new DnsRecord.Tlsa(0, 0, 1, "00".repeat(32)));
        assertThat(find()).isEqualTo(new DaneLookup.Found.Unusable());
    }

    @Test
    void usage3_takesTheServersOwnCertificateOrKey_whateverItsNameAndDates() throws Exception {
        X509Certificate held =
                Certificates.make(folder, "held", "elsewhere.example", -10).x509();
        X509Certificate other =
                Certificates.make(folder, "other", "mx.remote.example", -1).x509();
        for (int selector = 0; selector < 2; selector++) {
            DaneCheck check = new DaneCheck(List.of(tlsa(3, selector, held)), Set.of(HOST.text()));
            assertThatCode(() -> check.check(List.of(held))).doesNotThrowAnyException();
            assertThatThrownBy(() -> check.check(List.of(other))).isInstanceOf(CertificateException.class);
        }
    }

    @Test
    void usage2_takesAChainFromTheAuthority_forTheRightName() throws Exception {
        Chain chain = Chain.make(folder, "mx.remote.example");
        Chain stranger = Chain.make(folder, "elsewhere.example");
        DaneCheck check = new DaneCheck(List.of(tlsa(2, 0, chain.authority())), Set.of(HOST.text()));
        assertThatCode(() -> check.check(List.of(chain.server(), chain.authority())))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> check.check(List.of(chain.server()))).isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> check.check(List.of(stranger.server(), chain.authority())))
                .as("not signed by it")
                .isInstanceOf(CertificateException.class);
        DaneCheck other = new DaneCheck(List.of(tlsa(2, 0, stranger.authority())), Set.of(HOST.text()));
        assertThatThrownBy(() -> other.check(List.of(stranger.server(), stranger.authority())))
                .as("another name")
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void usages0And1_areNotUsed() {
        assertThat(DaneCheck.usable(new DnsRecord.Tlsa(0, 0, 1, "00"))).isFalse();
        assertThat(DaneCheck.usable(new DnsRecord.Tlsa(1, 0, 1, "00"))).isFalse();
        assertThat(DaneCheck.usable(new DnsRecord.Tlsa(3, 1, 1, "00"))).isTrue();
    }

    /// A server's certificate signed by an authority, by openssl.
    private record Chain(X509Certificate server, X509Certificate authority) {
        static Chain make(Path folder, String host) throws Exception {
            String script = """
                    set -e; cd "$1"; d=$(mktemp -d -p .); cd "$d"
                    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=ca
                    openssl req -newkey rsa:2048 -nodes -keyout s.key -out s.csr -subj /CN="$2"
                    printf 'subjectAltName=DNS:%s\\n' "$2" > ext
                    openssl x509 -req -in s.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out s.crt
                    cp ca.crt s.crt ..
                    """;
            Process process = new ProcessBuilder("/bin/bash", "-c", script, "make", folder.toString(), host)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("openssl.log").toFile())
                    .start();
            assertThat(process.waitFor()).isZero();
            return new Chain(read(folder.resolve("s.crt")), read(folder.resolve("ca.crt")));
        }

        private static X509Certificate read(Path file) throws Exception {
            try (var in = java.nio.file.Files.newInputStream(file)) {
                return (X509Certificate) java.security.cert.CertificateFactory.getInstance("X.509")
                        .generateCertificate(in);
            }
        }
    }
}
