// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

/// The end of one recipient's delivery.
///
/// @param recipient position in the envelope, from 0
/// @param delivered delivered, or failed for good
/// @param text what the destination said, at most 400 octets are kept
public record RecipientOutcome(int recipient, boolean delivered, String text) {}
