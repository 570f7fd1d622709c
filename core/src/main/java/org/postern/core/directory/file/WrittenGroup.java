// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.file;

import java.util.List;
import java.util.Optional;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.mail.MailAddress;

/// One group as it is written in the accounts file.
record WrittenGroup(
        @Doc("Its members: accounts, other groups, or addresses elsewhere.")
        List<MailAddress> members,

        @Doc("Further addresses of the group.") @Default("[]")
        List<MailAddress> aliases,

        @Doc("Whether only members, and those under senders, may write to it.") @Default("false")
        boolean membersOnly,

        @Doc("The addresses that may write to it; everybody where there are none.") @Default("[]")
        List<MailAddress> senders,

        @Doc("Whether only who has logged in may write to it.") @Default("false")
        boolean login,

        @Doc("Who gets the mail of others instead of the members.") @Default("[]")
        List<MailAddress> moderators,

        @Doc("Where the bounces go.") Optional<MailAddress> bounces) {
    boolean hasRules() {
        return membersOnly || login || !senders.isEmpty() || !moderators.isEmpty();
    }
}
