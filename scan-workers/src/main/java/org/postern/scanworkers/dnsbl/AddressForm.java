// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The form of a mail address that hash lists hold: lower case, without what people may add to a local part. The
/// lists of msbl.org (EBL) and Spamhaus (HBL) both want it so.
final class AddressForm {
    private static final Set<String> WITHOUT_DOTS = Set.of("gmail.com", "googlemail.com");

    private AddressForm() {}

    /// Empty where it is no address.
    static Optional<String> normal(String address) {
        String lower = address.strip().toLowerCase(Locale.ROOT);
        int at = lower.lastIndexOf('@');
        if (at < 1 || at == lower.length() - 1) {
            return Optional.empty();
        }
        String local = lower.substring(0, at);
        String domain = lower.substring(at + 1);
        int plus = local.indexOf('+');
        if (plus > 0) {
            local = local.substring(0, plus);
        }
        if (WITHOUT_DOTS.contains(domain)) {
            local = local.replace(".", "");
            domain = "gmail.com";
        }
        return local.isEmpty() ? Optional.empty() : Optional.of(local + "@" + domain);
    }
}
