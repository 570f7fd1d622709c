// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

/// What a list says of a client, a sender or a recipient.
///
/// @param allow whether it spares limits and greylisting, or denies
/// @param text what a denied client is told; printable US-ASCII
/// @param origin file and line, for the log
public record Rule(boolean allow, String text, String origin) {}
