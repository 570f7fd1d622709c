// SPDX-License-Identifier: Apache-2.0
package org.postern.core.sending;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Assessor;
import org.postern.core.filter.Finding;
import org.postern.core.filter.Verdict;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailTransaction;

/// Judges as another does, and holds what goes out of an account that has jumped out of its habit: such mail is kept
/// apart with the finding `SENDING_HABIT`, never refused and never dropped.
public final class HabitAssessor implements Assessor {
    private static final String NAME = "sending-habit";

    private final Assessor judge;
    private final SendingHabits habits;

    /// @param judge decides first; only what it would keep counts as sent
    /// @param habits one for all farms of the process
    public HabitAssessor(Assessor judge, SendingHabits habits) {
        this.judge = judge;
        this.habits = habits;
    }

    @Override
    public Assessment assess(MailTransaction mail, Deadline deadline) {
        Assessment assessment = judge.assess(mail, deadline);
        Optional<String> account = mail.client().authenticatedAs();
        if (account.isEmpty()) {
            return assessment;
        }
        return switch (assessment.verdict()) {
            // Nobody gets these.
            case Verdict.Reject(var _), Verdict.TempFail(var _) -> assessment;
            case Verdict.Accept(), Verdict.Tag(var _), Verdict.Quarantine(var _) ->
                habits.sent(account.get(), mail.envelope().recipients().size())
                        .map(why -> held(assessment, why))
                        .orElse(assessment);
        };
    }

    @Override
    public void connected(ClientInfo client) {
        judge.connected(client);
    }

    @Override
    public String policyClass(ForwardPath recipient) {
        return judge.policyClass(recipient);
    }

    /// What is held stays held for every class that would get it.
    @Override
    public Assessment judge(String policyClass, Assessment found) {
        Assessment judged = judge.judge(policyClass, found);
        Optional<String> why = found.contributions().stream()
                .filter(part -> part.filter().equals(NAME))
                .map(part -> part.finding().evidence())
                .findFirst();
        boolean refused = judged.verdict() instanceof Verdict.Reject || judged.verdict() instanceof Verdict.TempFail;
        return why.isEmpty() || refused ? judged : held(judged, why.get());
    }

    private static Assessment held(Assessment judged, String why) {
        List<Assessment.Contribution> contributions = new ArrayList<>(judged.contributions());
        // Judging for a class may have kept it, or dropped it as of no filter.
        contributions.removeIf(part -> part.filter().equals(NAME));
        contributions.add(new Assessment.Contribution(NAME, new Finding("SENDING_HABIT", 0, why), 0, 0));
        return new Assessment(
                contributions, judged.silent(), judged.score(), new Verdict.Quarantine(why), judged.trace());
    }
}
