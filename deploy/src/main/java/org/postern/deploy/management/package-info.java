// SPDX-License-Identifier: Apache-2.0
/// Health and meters over HTTP, and the control socket for the `postern` command.
///
/// Security: HTTP has no login and no secrets; it listens on loopback unless told otherwise, answers GET only, and
/// bounds connections and time. The control socket trusts whoever may open its file, for anything.
///
/// Standards: RFC 9110; the Prometheus text format; RFC 8259.
@NullMarked
package org.postern.deploy.management;

import org.jspecify.annotations.NullMarked;
