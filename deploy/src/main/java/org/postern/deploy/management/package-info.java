// SPDX-License-Identifier: Apache-2.0
/// Health and meters over HTTP.
///
/// Security: no login and no secrets; it listens on loopback unless told otherwise, answers GET only, and bounds
/// connections and time.
///
/// Standards: RFC 9110; the Prometheus text format.
@NullMarked
package org.postern.deploy.management;

import org.jspecify.annotations.NullMarked;
