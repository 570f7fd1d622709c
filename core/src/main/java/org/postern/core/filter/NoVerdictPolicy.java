// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

/// What it means to a farm when a filter gives no verdict.
public enum NoVerdictPolicy {
    /// 451: the sender keeps the mail and tries again.
    TEMPFAIL,
    /// Ask again until the mail's deadline is near, then as `TEMPFAIL`.
    WAIT,
    /// Judge without it, and mark the mail as not looked at by this filter.
    SKIP,
    /// 550. Only for filters whose silence can be blamed on the mail.
    REJECT
}
