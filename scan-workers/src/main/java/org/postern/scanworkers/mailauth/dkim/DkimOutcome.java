// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dkim;

/// What became of one signature of a message.
///
/// @param result the result
/// @param domain the signing domain, tag `d`; empty where it cannot be read
/// @param selector tag `s`; empty where it cannot be read
/// @param algorithm tag `a`; empty where it cannot be read
/// @param signature the first characters of tag `b`, which tell signatures apart, RFC 6008
/// @param reason why it is not a pass, or what is remarkable about the pass; may be empty
/// @param keyBits the length of the key; 0 where none was found
/// @param testing the domain says it only tries things out
/// @param partialBody octets were added to the body that the signature does not cover, tag `l`
/// @param addedField a field that may stand once was signed, and one more of it was added
public record DkimOutcome(
        DkimResult result,
        String domain,
        String selector,
        String algorithm,
        String signature,
        String reason,
        int keyBits,
        boolean testing,
        boolean partialBody,
        boolean addedField) {
    /// Whether the domain answers for all that a mail program shows.
    public boolean vouches() {
        return result == DkimResult.PASS && !partialBody && !addedField;
    }
}
