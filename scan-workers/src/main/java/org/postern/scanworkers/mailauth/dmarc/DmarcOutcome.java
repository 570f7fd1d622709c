// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dmarc;

import java.util.Optional;

/// What DMARC says of a message.
///
/// @param result the result
/// @param author the author domain; empty where there is not exactly one
/// @param policyDomain where the policy that applies was found
/// @param policy what is asked for messages that fail
/// @param evidence which identifier was aligned, or why none was, for people
public record DmarcOutcome(
        DmarcResult result,
        Optional<String> author,
        Optional<String> policyDomain,
        Optional<DmarcPolicy> policy,
        String evidence) {}
