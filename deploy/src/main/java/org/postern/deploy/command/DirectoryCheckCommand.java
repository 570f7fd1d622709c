// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.postern.core.config.HostAndPort;
import org.postern.core.directory.check.DirectoryCheck;
import org.postern.core.directory.check.Problem;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.text.PlainText;
import org.postern.deploy.Directories;
import org.postern.deploy.config.PosternConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        description = {
            "Reads all accounts and groups and says what is wrong with them.",
            "Such as forwardings that lead nowhere or in a circle, addresses that two accounts claim, mailboxes that two"
                    + " share, stores that nobody knows, entries no account can be made of."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  postern directory check --config site/postern.yaml",
            "  postern directory check --store store1.example.org --store store2.example.org",
            "",
            "Exit code 0 when nothing is wrong, 1 when something is or the check could not be made."
        })
final class DirectoryCheckCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(
            names = "--store",
            paramLabel = "HOST",
            description = "A store that accounts may name. May be given more than once; without it, those under"
                    + " handoff.stores that are names.")
    private List<String> stores = new ArrayList<>();

    @Option(
            names = "--max-seconds",
            paramLabel = "N",
            defaultValue = "300",
            description = "How long it may take: ${DEFAULT-VALUE} where it is not given.")
    private int seconds;

    @Override
    public Integer call() {
        PosternConfig config = options.read();
        try (Directories.Opened opened = Directories.open(config.directory(), new SimpleMeterRegistry())) {
            List<Problem> problems = DirectoryCheck.run(
                    opened.accounts(), opened.directory(), stores(config), Deadline.in(Duration.ofSeconds(seconds)));
            problems.forEach(problem -> System.out.println(PlainText.of(problem.text())));
            if (!problems.isEmpty()) {
                throw new CommandFailure(problems.size() + (problems.size() == 1 ? " problem" : " problems"));
            }
            System.out.println("directory: nothing is wrong");
            return ExitCodes.OK;
        }
    }

    private Set<Domain> stores(PosternConfig config) {
        Set<Domain> known = new HashSet<>();
        try {
            stores.forEach(store -> known.add(Domain.parse(store)));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure("--store: " + e.getMessage());
        }
        if (known.isEmpty()) {
            config.handoff()
                    .ifPresent(handoff -> handoff.stores().stream()
                            .map(HostAndPort::host)
                            .filter(host -> host.matches(".*[A-Za-z].*") && !host.contains(":"))
                            .forEach(host -> known.add(Domain.parse(host))));
        }
        return known;
    }
}
