// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dmarc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsResolver;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MessageHeader;

/// Finds the policy of the author domain, and whether anything that was authenticated is aligned with it. Many
/// threads evaluate at once. RFC 9989 section 5.3.
public final class DmarcEvaluator {
    private final DnsResolver dns;

    public DmarcEvaluator(DnsResolver dns) {
        this.dns = dns;
    }

    /// What SPF and DKIM found.
    ///
    /// @param spf the domain of the sender that SPF passed; empty where it did not
    /// @param dkim the domains whose signatures are good
    /// @param uncertain SPF or a signature ended in a temporary error: without an aligned pass, nobody knows
    public record Authenticated(Optional<DnsName> spf, List<DnsName> dkim, boolean uncertain) {
        public Authenticated {
            dkim = List.copyOf(dkim);
        }
    }

    public DmarcOutcome evaluate(MessageHeader header, Authenticated authenticated, Deadline deadline)
            throws InterruptedException {
        return switch (AuthorDomain.of(header)) {
            case AuthorDomain.Found.NotOne none -> strictest(none, authenticated, new TreeWalk(dns, deadline));
            case AuthorDomain.Found.One one -> evaluate(one.domain(), authenticated, new TreeWalk(dns, deadline));
        };
    }

    /// Nobody knows which of several authors a program shows: whoever forges one of them is not better off by naming
    /// another.
    private DmarcOutcome strictest(AuthorDomain.Found.NotOne none, Authenticated authenticated, TreeWalk walk)
            throws InterruptedException {
        DmarcOutcome strictest = new DmarcOutcome(
                DmarcResult.PERMERROR, Optional.empty(), Optional.empty(), Optional.empty(), none.reason());
        for (DnsName author : none.claimed()) {
            DmarcOutcome outcome = evaluate(author, authenticated, walk);
            boolean stricter = strictest.result() != DmarcResult.FAIL
                    || outcome.policy()
                                    .orElse(DmarcPolicy.NONE)
                                    .compareTo(strictest.policy().orElse(DmarcPolicy.NONE))
                            > 0;
            if (outcome.result() == DmarcResult.FAIL && stricter) {
                strictest = outcome;
            }
        }
        return strictest;
    }

    private DmarcOutcome evaluate(DnsName author, Authenticated authenticated, TreeWalk walk)
            throws InterruptedException {
        TreeWalk.Path path = walk.from(author);
        if (path.unknown().isPresent()) {
            return outcome(DmarcResult.TEMPERROR, author, path.unknown().get());
        }
        DnsName organization = path.organizationalDomain();
        Optional<DnsName> place = policyPlace(author, organization, path);
        if (place.isEmpty()) {
            return outcome(DmarcResult.NONE, author, author + " has no policy");
        }
        if (!(path.records().get(place.get()) instanceof TreeWalk.At.Found found)) {
            return outcome(DmarcResult.NONE, author, "the policy at " + place.get() + " cannot be read");
        }
        DmarcRecord record = found.record();
        Alignment alignment = aligned(author, organization, record, authenticated, walk);
        Applied applied = policy(author, place.get(), record, walk);
        DmarcResult result;
        if (alignment.by().isPresent()) {
            result = DmarcResult.PASS;
        } else if (alignment.uncertain() || authenticated.uncertain() || applied.uncertain()) {
            result = DmarcResult.TEMPERROR;
        } else {
            result = DmarcResult.FAIL;
        }
        return new DmarcOutcome(
                result,
                Optional.of(author.text()),
                Optional.of(place.get().text()),
                Optional.of(applied.policy()),
                alignment.by().orElse("nothing aligned with " + author));
    }

    private static DmarcOutcome outcome(DmarcResult result, DnsName author, String evidence) {
        return new DmarcOutcome(result, Optional.of(author.text()), Optional.empty(), Optional.empty(), evidence);
    }

    /// The author domain, else its organisational domain, else the public suffix above. RFC 9989 section 4.10.1.
    private static Optional<DnsName> policyPlace(DnsName author, DnsName organization, TreeWalk.Path path) {
        for (DnsName place : List.of(author, organization)) {
            if (path.records().containsKey(place)) {
                return Optional.of(place);
            }
        }
        for (Map.Entry<DnsName, TreeWalk.At> entry : path.records().entrySet()) {
            if (entry.getValue() instanceof TreeWalk.At.Found found
                    && found.record().suffix() == DmarcRecord.Suffix.YES) {
                return Optional.of(entry.getKey());
            }
        }
        return Optional.empty();
    }

    private record Applied(DmarcPolicy policy, boolean uncertain) {}

    /// RFC 9989 section 4.10.1 and the tag `t` of section 4.7.
    private static Applied policy(DnsName author, DnsName place, DmarcRecord record, TreeWalk walk)
            throws InterruptedException {
        DmarcPolicy policy = record.policy().orElse(DmarcPolicy.NONE);
        boolean uncertain = false;
        if (!author.equals(place)) {
            DmarcPolicy existing = record.subdomainPolicy().orElse(policy);
            DmarcPolicy missing = record.nonexistentPolicy().orElse(existing);
            TreeWalk.Existence existence = existing == missing ? TreeWalk.Existence.EXISTS : walk.existence(author);
            policy = existence == TreeWalk.Existence.MISSING ? missing : existing;
            uncertain = existence == TreeWalk.Existence.UNKNOWN;
        }
        return new Applied(record.testing() ? policy.lowered() : policy, uncertain);
    }

    private record Alignment(Optional<String> by, boolean uncertain) {}

    /// RFC 9989 section 4.4 and 4.10.2.
    private static Alignment aligned(
            DnsName author, DnsName organization, DmarcRecord record, Authenticated authenticated, TreeWalk walk)
            throws InterruptedException {
        List<Identifier> identifiers = new ArrayList<>();
        for (DnsName domain : authenticated.dkim()) {
            identifiers.add(new Identifier("DKIM", domain, record.strictDkim()));
        }
        authenticated.spf().ifPresent(domain -> identifiers.add(new Identifier("SPF", domain, record.strictSpf())));
        boolean uncertain = false;
        for (Identifier identifier : identifiers) {
            if (identifier.domain().equals(author)) {
                return new Alignment(Optional.of(identifier.text()), false);
            }
        }
        for (Identifier identifier : identifiers) {
            // Only names within the author's organisation can share it; others need no walk.
            if (!identifier.strict() && identifier.domain().isWithin(organization)) {
                TreeWalk.Path path = walk.from(identifier.domain());
                if (path.unknown().isPresent()) {
                    uncertain = true;
                } else if (path.organizationalDomain().equals(organization)) {
                    return new Alignment(Optional.of(identifier.text()), false);
                }
            }
        }
        return new Alignment(Optional.empty(), uncertain);
    }

    private record Identifier(String method, DnsName domain, boolean strict) {
        String text() {
            return method + " of " + domain + " is aligned";
        }
    }
}
