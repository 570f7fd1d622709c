// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postern.core.mail.MailAddress;

/// The addresses that are looked for on behalf of a recipient, the best first, as qmail-ldap does it:
/// `a-b-c@d`, `a-b-catchall@d`, `a-catchall@d`, `catchall@d`.
final class Candidates {
    /// What qmail-ldap calls `LDAP_CATCH_ALL`.
    static final String CATCH_ALL = "catchall";

    /// What qmail-ldap calls `DASH_EXT_LEVELS`; a bound on what one recipient can make the directory do.
    private static final int LEVELS_MAX = 4;

    private final String extensionSeparator;
    private final String detailSeparator;
    private final boolean catchAll;

    Candidates(String extensionSeparator, String detailSeparator, boolean catchAll) {
        this.extensionSeparator = extensionSeparator;
        this.detailSeparator = detailSeparator;
        this.catchAll = catchAll;
    }

    /// The address itself first; never empty, no address twice.
    List<MailAddress> of(MailAddress address) {
        Set<MailAddress> all = new LinkedHashSet<>();
        all.add(address);
        String local = address.localPart();
        int detail = detailSeparator.isEmpty() ? -1 : local.indexOf(detailSeparator);
        if (detail > 0) {
            add(all, local.substring(0, detail), address);
        }
        if (catchAll) {
            if (!extensionSeparator.isEmpty()) {
                for (int end : ends(local)) {
                    add(all, local.substring(0, end) + extensionSeparator + CATCH_ALL, address);
                }
            }
            add(all, CATCH_ALL, address);
        }
        return List.copyOf(all);
    }

    /// Where the first separators stand, the last of them first.
    private List<Integer> ends(String local) {
        List<Integer> ends = new ArrayList<>();
        int at = local.indexOf(extensionSeparator);
        for (int level = 0; at >= 0 && level < LEVELS_MAX; level++) {
            if (at > 0) {
                ends.addFirst(at);
            }
            at = local.indexOf(extensionSeparator, at + 1);
        }
        return ends;
    }

    private static void add(Set<MailAddress> all, String local, MailAddress address) {
        maybe(local, address).ifPresent(all::add);
    }

    /// Nothing where the longer local part would be too long to be an address.
    private static Optional<MailAddress> maybe(String local, MailAddress address) {
        try {
            return Optional.of(new MailAddress(local, address.domain()));
        } catch (IllegalArgumentException tooLong) {
            return Optional.empty();
        }
    }

    /// Whether an address in an entry stands for others, and is nobody's own.
    boolean standsForOthers(MailAddress address) {
        String local = address.foldedCase().localPart();
        return catchAll && (local.equals(CATCH_ALL) || local.endsWith(extensionSeparator + CATCH_ALL));
    }
}
