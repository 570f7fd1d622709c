// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.signing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.postern.core.mail.Domain;

/// An RSA and an Ed25519 key of a domain, and dkimpy, which knows their records.
///
/// @param keys for the configuration
/// @param records each as `name record` in a line of its own
public record DkimKeys(Path folder, Map<Domain, List<SigningConfig.Key>> keys, Path records) {
    private static final String SCRIPT = """
            import sys, dkim
            records = dict(line.rstrip('\\n').split(' ', 1) for line in open(sys.argv[1]))
            def dns(name, timeout=5):
                name = name.decode() if isinstance(name, bytes) else name
                return records.get(name.rstrip('.'), '').encode()
            for path in sys.argv[2:]:
                message = open(path, 'rb').read()
                signatures = message.lower().count(b'dkim-signature:')
                out = []
                for i in range(signatures):
                    try:
                        out.append('pass' if dkim.DKIM(message, minkey=1024).verify(i, dnsfunc=dns) else 'fail')
                    except Exception as e:
                        out.append('error')
                print(' '.join(out))
            """;

    /// Selectors `r1` and `e1`.
    public static DkimKeys make(Path folder, String domain) {
        try {
            KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
            rsa.initialize(2048);
            KeyPair first = rsa.generateKeyPair();
            KeyPair second = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] point = second.getPublic().getEncoded();
            Path records = Files.writeString(
                    folder.resolve("records"),
                    "r1._domainkey." + domain + " v=DKIM1; k=rsa; p="
                            + base64(first.getPublic().getEncoded())
                            + "\ne1._domainkey." + domain + " v=DKIM1; k=ed25519; p="
                            + base64(Arrays.copyOfRange(point, point.length - 32, point.length)) + "\n");
            return new DkimKeys(
                    folder,
                    Map.of(
                            new Domain(domain),
                            List.of(
                                    new SigningConfig.Key("r1", pem(folder.resolve("r1.pem"), first)),
                                    new SigningConfig.Key("e1", pem(folder.resolve("e1.pem"), second)))),
                    records);
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Path pem(Path file, KeyPair pair) throws IOException {
        return Files.writeString(
                file,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(pair.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
    }

    private static String base64(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    /// What dkimpy says of each message: for each of its signatures `pass`, `fail` or `error`.
    ///
    /// @param messages octets as ISO-8859-1 characters
    public List<String> dkimpy(List<String> messages) {
        try {
            List<String> command = new ArrayList<>(List.of("/usr/bin/python3", "-c", SCRIPT, records.toString()));
            for (int i = 0; i < messages.size(); i++) {
                command.add(Files.writeString(folder.resolve(i + ".eml"), messages.get(i), StandardCharsets.ISO_8859_1)
                        .toString());
            }
            return run(folder, command);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static List<String> run(Path folder, List<String> command) {
        try {
            Path out = folder.resolve("out");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            return Files.readAllLines(out, StandardCharsets.ISO_8859_1);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
