// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postern.core.config.CidrBlock;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.mail.Domain;

/// One list.
@Doc("One list in DNS.")
public record ListConfig(
        @Doc("The zone of the list, for example zen.spamhaus.org.")
        Domain zone,

        @Doc("What is looked up: client (the address of the client), helo, sender and urls (domains), emails and files"
                + " (hashes).")
        @Default("[client]")
        List<Subject> subjects,

        @Doc("How a list of emails or files writes them: md5, sha1 (msbl.org's EBL), sha1-base32 or sha256-base32"
                + " (Spamhaus' HBL; files are always sha256).")
        @Default("sha1")
        HashForm hash,

        @Doc("The scores of the list's answers, by address or block, for example 127.0.0.2: 1.0 or 127.0.0.10/31:"
                + " 0.3. Negative scores make an allow list. Any other answer is an error, not a listing.")
        Map<String, Double> codes,

        @Doc("Whether the test points are watched: 127.0.0.2 (or the name test) must be listed, 127.0.0.1 (or the name"
                + " invalid) must not. Turn it off only for lists that have none.")
        @Default("true")
        boolean watched) {
    private static final CidrBlock ANSWERS = CidrBlock.parse("127.0.0.0/8");
    private static final CidrBlock ERRORS = CidrBlock.parse("127.255.255.0/24");

    /// What is looked up.
    public enum Subject {
        CLIENT,
        HELO,
        SENDER,
        /// The domains of links.
        URLS,
        /// Hashes of the addresses in envelope, header and body.
        EMAILS,
        /// Hashes of attached files.
        FILES
    }

    public ListConfig {
        subjects = List.copyOf(subjects);
        codes = Map.copyOf(codes);
        if (zone.isAddressLiteral()) {
            throw new IllegalArgumentException("zone must be a domain name");
        }
        if (subjects.isEmpty() || codes.isEmpty()) {
            throw new IllegalArgumentException("a list needs subjects and codes");
        }
        if (subjects.contains(Subject.FILES) && hash != HashForm.SHA256_BASE32) {
            throw new IllegalArgumentException("a list of files is asked with hash: sha256-base32");
        }
        codes.forEach((code, score) -> {
            CidrBlock block = CidrBlock.parse(code);
            if (!ANSWERS.contains(block.network()) || block.prefixLength() < 8 || ERRORS.contains(block.network())) {
                throw new IllegalArgumentException(
                        "codes: " + code + " is not within 127.0.0.0/8, or stands for errors (127.255.255.0/24)");
            }
            if (!Double.isFinite(score)) {
                throw new IllegalArgumentException("codes: the score of " + code + " is no number");
            }
        });
    }

    /// Whether a mail may give it many things to look up.
    boolean ofManySubjects() {
        return subjects.contains(Subject.URLS) || subjects.contains(Subject.EMAILS) || subjects.contains(Subject.FILES);
    }

    /// Lists of hashes have no test points that a standard names.
    boolean hasTestPoints() {
        return watched && (ofAddresses() || ofDomains());
    }

    boolean ofAddresses() {
        return subjects.contains(Subject.CLIENT);
    }

    boolean ofDomains() {
        return subjects.contains(Subject.HELO) || subjects.contains(Subject.SENDER) || subjects.contains(Subject.URLS);
    }

    /// The codes as blocks, the narrowest first.
    Map<CidrBlock, Double> blocks() {
        Map<CidrBlock, Double> blocks = new LinkedHashMap<>();
        codes.entrySet().stream()
                .map(entry -> Map.entry(CidrBlock.parse(entry.getKey()), entry.getValue()))
                .sorted((a, b) -> b.getKey().prefixLength() - a.getKey().prefixLength())
                .forEach(entry -> blocks.put(entry.getKey(), entry.getValue()));
        return blocks;
    }
}
