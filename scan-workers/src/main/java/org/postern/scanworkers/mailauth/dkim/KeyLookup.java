// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dkim;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsQuestion;
import org.postern.core.dns.DnsRecord;
import org.postern.core.dns.DnsResolver;
import org.postern.core.limits.Deadline;

/// Finds the public key that a signature names. RFC 6376 section 3.6.2, 6.1.2.
public final class KeyLookup {
    private final DnsResolver dns;

    public KeyLookup(DnsResolver dns) {
        this.dns = dns;
    }

    /// What came of it. A look-up that failed is a case of its own.
    public sealed interface Result {
        record Found(KeyRecord record) implements Result {}

        /// There is no key, or none that can be used.
        record Unusable(String reason) implements Result {}

        /// Nobody knows.
        record Unknown(String reason) implements Result {}
    }

    public Result find(String selector, DnsName domain, Deadline deadline) throws InterruptedException {
        Optional<DnsName> name = domain.under(selector + "._domainkey");
        if (name.isEmpty()) {
            return new Result.Unusable("selector and domain make no DNS name");
        }
        return switch (dns.ask(new DnsQuestion(name.get(), DnsQuestion.Type.TXT), deadline)) {
            case DnsAnswer.Failure failure -> new Result.Unknown(failure.detail());
            case DnsAnswer.NoData _, DnsAnswer.NoSuchName _ -> new Result.Unusable("no key at " + name.get());
            case DnsAnswer.Answer answer -> choose(answer.records());
        };
    }

    /// RFC 6376 section 3.6.2.2 leaves several records undefined: the first that can be used counts.
    private static Result choose(List<DnsRecord> records) {
        List<KeyRecord.Parsed> parsed = records.stream()
                .flatMap(record -> record instanceof DnsRecord.Txt txt ? Stream.of(txt.text()) : Stream.empty())
                .limit(5)
                .map(KeyRecord::parse)
                .toList();
        String reason = "no key record";
        for (KeyRecord.Parsed each : parsed) {
            switch (each) {
                case KeyRecord.Parsed.Usable usable -> {
                    return new Result.Found(usable.record());
                }
                case KeyRecord.Parsed.Unusable unusable -> reason = unusable.reason();
            }
        }
        return new Result.Unusable(reason);
    }
}
