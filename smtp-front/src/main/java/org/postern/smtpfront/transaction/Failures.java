// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transaction;

import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one place where an exception becomes a reply: 451, for nobody knows what it means.
public final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /// Logs the failure and returns what the client is told.
    ///
    /// @param where what was being done, for the log
    public static Reply reply(String where, Throwable failure) {
        LOG.error("{} failed", where, failure);
        return Reply.of(ReplyCode.LOCAL_ERROR_451, "4.3.0", "Local error in processing, try again later");
    }
}
