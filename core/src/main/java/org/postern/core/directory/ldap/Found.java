// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import com.unboundid.ldap.sdk.SearchResultEntry;

/// What a search for one entry came to.
sealed interface Found {
    /// There is exactly one.
    record One(SearchResultEntry entry) implements Found {}

    /// There is certainly none.
    record None() implements Found {}

    /// The server answered, and asking another would not help: two entries match.
    record Ambiguous(String reason) implements Found {}

    /// There was no usable answer.
    record NoAnswer(String reason) implements Found {}
}
