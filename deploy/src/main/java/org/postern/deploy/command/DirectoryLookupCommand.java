// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.postern.core.directory.Account;
import org.postern.core.directory.Delivery;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Explanation;
import org.postern.core.directory.GroupRules;
import org.postern.core.directory.Lookup;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;
import org.postern.core.text.PlainText;
import org.postern.deploy.Directories;
import org.postern.deploy.config.PosternConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "lookup",
        description = "Asks the directory who an address is, and shows every step of the decision. It asks anew; what a"
                + " running server remembers may be older (postern directory flush).",
        footerHeading = "%nExamples:%n",
        footer = {
            "  postern directory lookup alice@example.org --config site/postern.yaml",
            "",
            "Exit code 0 when the directory knows, also that there is no such address; 1 when it cannot say."
        })
final class DirectoryLookupCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Parameters(paramLabel = "ADDRESS", description = "The address of a recipient.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String address;

    @Option(
            names = "--max-seconds",
            paramLabel = "N",
            defaultValue = "20",
            description = "How long it may take: ${DEFAULT-VALUE} where it is not given.")
    private int seconds;

    @Override
    public Integer call() {
        ForwardPath recipient;
        try {
            recipient = ForwardPath.parse(address);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()));
        }
        PosternConfig config = options.read();
        PrintStream out = System.out;
        try (Directories.Opened opened = Directories.open(config.directory(), new SimpleMeterRegistry())) {
            Deadline deadline = Deadline.in(Duration.ofSeconds(seconds));
            Directory directory = opened.directory();
            Explanation explanation = directory.explain(recipient, deadline);
            int number = 0;
            for (Explanation.Step step : explanation.steps()) {
                out.println(PlainText.of(++number + ". " + step));
            }
            Lookup<Domain> domain = directory.localDomain(recipient.address().domain(), deadline);
            answer(domain, explanation.answer()).forEach(line -> out.println(PlainText.of(line)));
        }
        return ExitCodes.OK;
    }

    private static List<String> answer(Lookup<Domain> domain, Lookup<Account> account) {
        return switch (domain) {
            case Lookup.Unknown<Domain>() ->
                List.of("the domain is not ours: 550 5.7.1 for strangers, sent on for who has logged in");
            case Lookup.Undetermined<Domain>(String reason) -> throw new CommandFailure("undetermined, 451: " + reason);
            case Lookup.Known<Domain>(var _) ->
                switch (account) {
                    case Lookup.Known<Account>(Account known) -> describe(known);
                    case Lookup.Unknown<Account>() -> List.of("unknown: 550 5.1.1");
                    case Lookup.Undetermined<Account>(String reason) ->
                        throw new CommandFailure("undetermined, 451: " + reason);
                };
        };
    }

    private static List<String> describe(Account account) {
        String status = switch (account.status()) {
            case ACTIVE -> "active";
            case NO_ACCESS -> "receives mail, does not log in";
            case DISABLED -> "disabled: 550 5.2.1";
        };
        String delivery = switch (account.delivery()) {
            case Delivery.Mailbox() -> "into the mailbox " + account.mailbox();
            case Delivery.MailboxAndForward(var to) ->
                "into the mailbox " + account.mailbox() + ", and to " + joined(to);
            case Delivery.Forward(var to) -> "to " + joined(to);
            case Delivery.ReplyOnly() -> "nowhere but into the automatic reply";
            case Delivery.Group(var members, GroupRules rules) ->
                members.size() + " members: " + joined(members) + (rules.restrict() ? "; " + rules : "");
        };
        return List.of(
                "known: " + account.address(),
                "  aliases: " + (account.aliases().isEmpty() ? "none" : joined(List.copyOf(account.aliases()))),
                "  status: " + status,
                "  store: " + account.mailHost().map(Domain::name).orElse("any"),
                "  mail goes: " + delivery,
                "  automatic reply: " + (account.reply().isPresent() ? "yes" : "no"),
                "  limits: " + account.limits());
    }

    private static String joined(List<MailAddress> addresses) {
        return addresses.stream().map(MailAddress::toString).collect(Collectors.joining(", "));
    }
}
