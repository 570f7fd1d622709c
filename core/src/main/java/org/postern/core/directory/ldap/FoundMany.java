// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import com.unboundid.ldap.sdk.SearchResultEntry;
import java.util.List;

/// What a search for any number of entries came to.
sealed interface FoundMany {
    /// These, and certainly no others there; none may be.
    record Entries(List<SearchResultEntry> entries) implements FoundMany {
        public Entries {
            entries = List.copyOf(entries);
        }
    }

    /// There was no usable answer, or more than were asked for.
    record NoAnswer(String reason) implements FoundMany {}
}
