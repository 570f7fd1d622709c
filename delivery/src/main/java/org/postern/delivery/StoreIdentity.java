// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import org.postern.core.mail.Domain;

/// What a store calls itself.
///
/// @param node its node name in ids: 1 to 63 of `a-z 0-9 -`
/// @param hostname its name in SMTP and in reports
public record StoreIdentity(String node, Domain hostname) {}
