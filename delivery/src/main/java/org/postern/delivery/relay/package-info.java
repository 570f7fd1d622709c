// SPDX-License-Identifier: Apache-2.0
/// The remote queue: mail that goes to other sites, by MX or over a smart host.
///
/// Where to begin: [RelayDestination] sends the mails of one domain. [Itineraries] says which hosts may have
/// them and what is asked of TLS, from [HopFinder] (MX), [StsPolicies] and [DaneLookup]; [Courier] carries a
/// [Parcel] over connections of the [Dialer] and makes a [Trip] of what the hosts answer; [Sites] remembers
/// who failed.
///
/// Security: hosts are strangers; each has bounded connections, waits and places, and none can keep mail
/// for others waiting. TLS is used where it is offered and demanded where a policy, DANE or the mail itself
/// says so.
///
/// Standards: RFC 5321 section 5 (MX), RFC 7505 (null MX), RFC 3207 and RFC 7435 (opportunistic TLS), RFC
/// 7672 (DANE), RFC 8461 (MTA-STS), RFC 8689 (REQUIRETLS).
@NullMarked
package org.postern.delivery.relay;

import org.jspecify.annotations.NullMarked;
