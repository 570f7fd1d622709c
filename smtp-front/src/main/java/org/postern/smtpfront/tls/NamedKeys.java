// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.IntStream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Chooses the certificate by the name the client asks for; the first one serves everybody else. RFC 6066 section 3.
///
/// A name nobody has is no reason to fail: mail servers ask for the name they know us by, and do not check it.
final class NamedKeys extends X509ExtendedKeyManager {
    private final List<ServerKey> keys;

    /// @param keys one or more, the first for clients that ask for no name we have
    NamedKeys(List<ServerKey> keys) {
        this.keys = List.copyOf(keys);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        List<String> asked = engine != null && engine.getHandshakeSession() instanceof ExtendedSSLSession session
                ? session.getRequestedServerNames().stream()
                        .filter(SNIHostName.class::isInstance)
                        .map(name -> ((SNIHostName) name).getAsciiName())
                        .toList()
                : List.of();
        // Keys of several kinds for one name are alternatives; JSSE asks for one kind after the other.
        List<String> names =
                asked.stream().anyMatch(this::served) ? asked : keys.getFirst().names();
        return IntStream.range(0, keys.size())
                .filter(i -> keys.get(i).algorithm().equals(keyType))
                .filter(i -> names.isEmpty() ? i == 0 : names.stream().anyMatch(keys.get(i)::serves))
                .mapToObj(Integer::toString)
                .findFirst()
                .orElse(null);
    }

    private boolean served(String name) {
        return keys.stream().anyMatch(key -> key.serves(name));
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return key(alias).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return key(alias).key();
    }

    private ServerKey key(String alias) {
        return keys.get(Integer.parseInt(alias));
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
