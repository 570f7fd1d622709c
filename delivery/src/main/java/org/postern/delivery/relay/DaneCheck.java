// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.postern.core.dns.DnsRecord;
import org.postern.delivery.smtp.TlsClient;

/// Takes a chain that one of the TLSA records of a host names. RFC 7672 section 3.
///
/// Usage 3 binds the server's own certificate or key: neither its name nor its dates count. Usage 2 binds
/// an authority in the chain, which must lead from it to a valid certificate for the host.
final class DaneCheck implements TlsClient.ChainCheck {
    private final List<DnsRecord.Tlsa> records;
    private final Set<String> names;

    /// @param records usable ones, at least one
    /// @param names the host's, and the domain's
    DaneCheck(List<DnsRecord.Tlsa> records, Set<String> names) {
        this.records = List.copyOf(records);
        this.names = Set.copyOf(names);
    }

    /// Usages 0 and 1 need authorities that mail hosts never agreed on. RFC 7672 section 3.1.3.
    static boolean usable(DnsRecord.Tlsa record) {
        return (record.usage() == 2 || record.usage() == 3)
                && record.selector() >= 0
                && record.selector() <= 1
                && record.matching() >= 0
                && record.matching() <= 2
                && !record.data().isEmpty();
    }

    @Override
    public void check(List<X509Certificate> chain) throws CertificateException {
        for (DnsRecord.Tlsa record : records) {
            if (record.usage() == 3 ? matches(record, chain.getFirst()) : leadsTo(record, chain)) {
                return;
            }
        }
        throw new CertificateException("the certificate is none that the TLSA records name");
    }

    private boolean leadsTo(DnsRecord.Tlsa record, List<X509Certificate> chain) throws CertificateException {
        for (int i = 0; i < chain.size(); i++) {
            if (matches(record, chain.get(i)) && i > 0 && valid(chain.subList(0, i), chain.get(i))) {
                return named(chain.getFirst());
            }
        }
        return false;
    }

    private static boolean valid(List<X509Certificate> path, X509Certificate authority) {
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
            parameters.setRevocationEnabled(false);
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private boolean named(X509Certificate certificate) throws CertificateException {
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        if (alternatives == null) {
            return false;
        }
        // 2 is dNSName, RFC 5280 section 4.2.1.6.
        return alternatives.stream()
                .filter(each -> Integer.valueOf(2).equals(each.getFirst()))
                .map(each -> String.valueOf(each.get(1)).toLowerCase(Locale.ROOT))
                .anyMatch(this::isOurs);
    }

    private boolean isOurs(String pattern) {
        return names.stream().anyMatch(name -> {
            int dot = name.indexOf('.');
            return pattern.equals(name)
                    || (pattern.startsWith("*.")
                            && dot > 0
                            && name.substring(dot + 1).equals(pattern.substring(2)));
        });
    }

    private static boolean matches(DnsRecord.Tlsa record, X509Certificate certificate) {
        try {
            byte[] selected = record.selector() == 0
                    ? certificate.getEncoded()
                    : certificate.getPublicKey().getEncoded();
            byte[] found = switch (record.matching()) {
                case 1 -> MessageDigest.getInstance("SHA-256").digest(selected);
                case 2 -> MessageDigest.getInstance("SHA-512").digest(selected);
                default -> selected;
            };
            return MessageDigest.isEqual(found, HexFormat.of().parseHex(record.data()));
        } catch (CertificateEncodingException | java.security.NoSuchAlgorithmException e) {
            return false;
        }
    }
}
