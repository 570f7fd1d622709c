// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import java.util.List;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailTransaction;

/// Judges by classes of recipients: one scan, and for each class its own thresholds over what was found. Any thread.
public final class ClassedAssessor implements Assessor {
    private final FarmPolicy farm;
    private final List<RecipientPolicy> classes;
    private final Assessor scan;

    /// @param farm for all recipients that no class holds
    /// @param classes the first that holds a recipient counts
    /// @param scan uses [FarmPolicy#lenient] of the same farm and classes: it must not stop before every
    ///     class has its verdict
    public ClassedAssessor(FarmPolicy farm, List<RecipientPolicy> classes, Assessor scan) {
        this.farm = farm;
        this.classes = List.copyOf(classes);
        this.scan = scan;
    }

    @Override
    public Assessment assess(MailTransaction mail, Deadline deadline) {
        return scan.assess(mail, deadline);
    }

    @Override
    public void connected(ClientInfo client) {
        scan.connected(client);
    }

    @Override
    public String policyClass(ForwardPath recipient) {
        return classes.stream()
                .filter(each -> each.holds(recipient))
                .findFirst()
                .map(RecipientPolicy::name)
                .orElse("");
    }

    @Override
    public Assessment judge(String policyClass, Assessment found) {
        Thresholds thresholds = classes.stream()
                .filter(each -> each.name().equals(policyClass))
                .findFirst()
                .map(RecipientPolicy::thresholds)
                .orElse(farm.thresholds());
        return new FarmPolicy(farm.farm(), thresholds, farm.filters()).reconsider(found);
    }
}
