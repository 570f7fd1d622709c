// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// A made-up mail site in the qmail-ldap schema, as LDIF below [Slapd#SUFFIX]. The same seed gives the same site.
///
/// One account in ten has an alias, one in twenty forwards and keeps a copy, one in fifty is not active, and every
/// domain's first account is its catch-all. Each domain has a group, `team`. All passwords are `secret`.
///
/// @param domains the domains
/// @param addresses the main address of every account that receives mail, in order
/// @param ldif the entries
public record TestDirectory(List<String> domains, List<String> addresses, String ldif) {
    private static final String[] NAMES = {
        "anna", "ben", "clara", "david", "eva", "felix", "greta", "hugo", "ida", "jan", "karl", "lena", "max", "nora",
        "otto", "paul", "rosa", "sofia", "tom", "vera"
    };
    private static final String[] STATUSES = {"noaccess", "disabled", "deleted"};

    public TestDirectory {
        domains = List.copyOf(domains);
        addresses = List.copyOf(addresses);
    }

    /// As many accounts as the site this design was made for: 3,000 in 20 domains.
    public static TestDirectory ofTheOldSite() {
        return generate(3000, 20, 1);
    }

    public static TestDirectory generate(int accounts, int domainCount, long seed) {
        Random random = new Random(seed);
        List<String> domains = new ArrayList<>();
        for (int i = 0; i < domainCount; i++) {
            domains.add(String.format(Locale.ROOT, "domain%02d.example", i));
        }
        String password = ssha("secret", random);
        List<String> addresses = new ArrayList<>();
        StringBuilder ldif = new StringBuilder();
        ldif.append("dn: ou=accounts,")
                .append(Slapd.SUFFIX)
                .append("\nobjectClass: organizationalUnit\nou: accounts\n\n");
        for (int i = 0; i < accounts; i++) {
            String uid = NAMES[random.nextInt(NAMES.length)] + i;
            String domain = domains.get(i % domainCount);
            String address = uid + "@" + domain;
            ldif.append("dn: uid=").append(uid).append(",ou=accounts,").append(Slapd.SUFFIX);
            ldif.append("\nobjectClass: inetOrgPerson\nobjectClass: qmailUser\ncn: ")
                    .append(uid);
            ldif.append("\nsn: ")
                    .append(uid)
                    .append("\nuid: ")
                    .append(uid)
                    .append("\nmail: ")
                    .append(address);
            ldif.append("\nmailHost: store").append(1 + i % 2).append(".example\nmailMessageStore: ");
            ldif.append(domain)
                    .append('/')
                    .append(uid)
                    .append("/\nuserPassword: ")
                    .append(password)
                    .append('\n');
            if (i < domainCount) {
                ldif.append("mailAlternateAddress: catchall@").append(domain).append('\n');
            }
            if (i % 10 == 3) {
                ldif.append("mailAlternateAddress: alias.").append(address).append('\n');
            }
            if (i % 20 == 7) {
                ldif.append("mailForwardingAddress: ").append(uid).append("@elsewhere.example\n");
            }
            if (i % 5 == 0) {
                ldif.append("mailQuotaSize: ").append(100_000_000 + i).append("\nmailQuotaCount: 10000\n");
            }
            boolean inactive = i >= domainCount && i % 50 == 49;
            if (inactive) {
                ldif.append("accountStatus: ")
                        .append(STATUSES[i / 50 % STATUSES.length])
                        .append('\n');
            } else {
                addresses.add(address);
            }
            ldif.append('\n');
        }
        for (int i = 0; i < domainCount; i++) {
            group(ldif, domains.get(i), i, addresses);
        }
        return new TestDirectory(domains, addresses, ldif.toString());
    }

    /// The group `team` of a domain: every account of the domain among the first hundred of the site, and a stranger.
    private static void group(StringBuilder ldif, String domain, int number, List<String> addresses) {
        ldif.append("dn: cn=team").append(number).append(",ou=accounts,").append(Slapd.SUFFIX);
        ldif.append("\nobjectClass: device\nobjectClass: qmailGroup\ncn: team").append(number);
        ldif.append("\nmail: team@")
                .append(domain)
                .append("\nmailAlternateAddress: team-list@")
                .append(domain);
        ldif.append("\nmailMessageStore: groups/team").append(number).append('\n');
        addresses.stream()
                .limit(100)
                .filter(address -> address.endsWith("@" + domain))
                .forEach(
                        address -> ldif.append("rfc822member: ").append(address).append('\n'));
        ldif.append("rfc822member: stranger").append(number).append("@elsewhere.example\n\n");
    }

    private static String ssha(String password, Random random) {
        try {
            byte[] salt = new byte[8];
            random.nextBytes(salt);
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update(password.getBytes(StandardCharsets.UTF_8));
            byte[] hash = digest.digest(salt);
            byte[] both = new byte[hash.length + salt.length];
            System.arraycopy(hash, 0, both, 0, hash.length);
            System.arraycopy(salt, 0, both, hash.length, salt.length);
            return "{SSHA}" + Base64.getEncoder().encodeToString(both);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Writes a site to a file: `TestDirectory FILE [accounts [domains [seed]]]`.
    public static void main(String[] arguments) throws IOException {
        int accounts = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3000;
        int domains = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20;
        long seed = arguments.length > 3 ? Long.parseLong(arguments[3]) : 1;
        Files.writeString(
                Path.of(arguments[0]), generate(accounts, domains, seed).ldif());
    }
}
