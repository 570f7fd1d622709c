// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailTransaction;

/// Judges a mail with all filters of a farm.
public interface Assessor {
    /// Returns before the deadline, whatever the filters do, and never throws because of a mail or a backend.
    Assessment assess(MailTransaction mail, Deadline deadline);

    /// The class of policy that judges mail for this recipient. A mail for several classes is assessed once and
    /// judged for each of them.
    default String policyClass(ForwardPath recipient) {
        return "";
    }

    /// What was found, judged for recipients of this class.
    ///
    /// @param found by [#assess]
    default Assessment judge(String policyClass, Assessment found) {
        return found;
    }

    /// Told of every client as soon as it is connected; see [Filter#connected]. Returns at once and never throws.
    default void connected(ClientInfo client) {}
}
