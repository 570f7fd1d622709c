// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

/// The end of one recipient's delivery.
///
/// @param recipient position in the envelope, from 0
/// @param delivered nothing is left to do: delivered, or failed and reported; else failed for
///     good, and the mail is
///     set aside
/// @param text what the destination said, at most 400 octets are kept
public record RecipientOutcome(int recipient, boolean delivered, String text) {}
