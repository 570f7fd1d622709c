// SPDX-License-Identifier: Apache-2.0
/// The test kit: real daemons (clamd, Postfix, Exim, spamd, rspamd, slapd, Dovecot, HAProxy, Redis) for
/// tests, one class a daemon.
///
/// Each daemon runs from a container where a Docker engine answers, else from the binary on the PATH, in a
/// private folder, on loopback. Where there is neither, the test fails and names the Debian package to
/// install.
///
/// Security: for tests only. Everything listens on 127.0.0.1; nothing here checks who connects.
///
/// Standards: none of its own.
@NullMarked
package org.postern.testkit;

import org.jspecify.annotations.NullMarked;
