// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

/// What a list says of one address or domain.
sealed interface ListAnswer {
    /// @param score the one farthest from zero of all codes the list gave
    /// @param codes as they came, for people
    record Listed(double score, String codes) implements ListAnswer {}

    record NotListed() implements ListAnswer {}

    /// The list could not be asked, or answered what it may not answer. Says nothing of the subject.
    record Unknown(String reason) implements ListAnswer {}
}
