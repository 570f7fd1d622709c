// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.nio.file.Path;
import org.postern.core.mail.Domain;

/// Who this front is.
///
/// @param node the node's name in handoff ids and records: 1 to 63 of `a-z 0-9 -`
/// @param farm the farm it serves, such as `mx`
/// @param hostname what it calls itself in greeting, EHLO reply and Received fields; also the domain of the bare
///     `<Postmaster>`
/// @param tempFolder the only folder it writes to; must exist and be writable
public record FrontIdentity(String node, String farm, Domain hostname, Path tempFolder) {}
