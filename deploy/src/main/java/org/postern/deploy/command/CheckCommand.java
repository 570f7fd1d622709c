// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.postern.core.config.ConfigException;
import org.postern.core.directory.Directory;
import org.postern.core.filter.Filter;
import org.postern.core.limits.Deadline;
import org.postern.core.text.PlainText;
import org.postern.deploy.CertificateDates;
import org.postern.deploy.Directories;
import org.postern.deploy.Filters;
import org.postern.deploy.Rehearsal;
import org.postern.deploy.config.PosternConfig;
import org.postern.smtpfront.admission.AdmissionConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        description = {
            "Says everything that is wrong with the configuration, the accounts and the rules, with lines.",
            "Adds up the bounds. Starts nothing and changes nothing. With --live it also asks every backend."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  postern check --config site/postern.yaml",
            "  postern check --live --config site/postern.yaml",
            "",
            "Exit code 0 when all is well, 2 when something is written wrong, 1 when a backend does not answer or a",
            "certificate has ended or will within two weeks."
        })
final class CheckCommand implements Callable<Integer> {
    private static final Duration BACKEND_MAX = Duration.ofSeconds(10);

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(names = "--live", description = "Asks every engine, every store and the directory whether it works now.")
    private boolean live;

    @Option(names = "--bounds", description = "Shows everything that the sums of the bounds are made of.")
    private boolean bounds;

    @Override
    public Integer call() throws InterruptedException {
        PrintStream out = System.out;
        Path file = options.file();
        PosternConfig config = options.read();
        List<String> problems = new ArrayList<>();
        Rehearsal.problems(config).forEach(problem -> problems.add(file + ": " + problem));
        new TreeMap<>(config.farms()).forEach((name, farm) -> lists(name, farm.admission(), out, problems));
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        List<String> silent = new ArrayList<>();
        try (Directories.Opened opened = Directories.open(config.directory(), meters)) {
            out.println("directory: ok");
            if (live) {
                ask(opened.directory(), out, silent);
            }
        } catch (ConfigException e) {
            problems.addAll(e.problems());
        }
        try (Filters filters =
                Filters.create(config, config.farms().values(), options.folder(), config.tempFolder(), meters)) {
            if (problems.isEmpty() && live) {
                ask(filters, out, silent);
            }
        } catch (ConfigException e) {
            problems.addAll(e.problems());
        }
        if (problems.isEmpty() || bounds) {
            Rehearsal.budget(config, bounds).forEach(out::println);
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        new TreeMap<>(config.farms()).forEach((name, farm) -> {
            out.println("farm " + name + ": filters " + new TreeMap<>(farm.filters()).keySet()
                    + (Filters.lacksVirusScanner(farm) ? "; no virus scanner is configured" : ""));
        });
        CertificateDates certificates = CertificateDates.of(config);
        certificates.lines().forEach(out::println);
        silent.addAll(certificates.trouble());
        if (live) {
            Rehearsal.stores(config, BACKEND_MAX, line -> out.println(PlainText.of(line)), silent::add);
        }
        if (!silent.isEmpty()) {
            throw new CommandFailure(String.join("; ", silent));
        }
        out.println(file + ": ok");
        return ExitCodes.OK;
    }

    private static void lists(String farm, AdmissionConfig admission, PrintStream out, List<String> problems) {
        try {
            int rules = admission.readLists();
            if (!admission.lists().isEmpty()) {
                out.println("farm " + farm + ": " + rules + " rules in its lists");
            }
        } catch (ConfigException e) {
            e.problems().forEach(problem -> problems.add("farms." + farm + ".admission.lists: " + problem));
        }
    }

    private static void ask(Directory directory, PrintStream out, List<String> silent) {
        for (Directory.Backend backend : directory.probe(Deadline.in(BACKEND_MAX))) {
            String line = PlainText.of(
                    "directory: " + backend.name() + ": " + backend.problem().orElse("works"));
            out.println(line);
            if (backend.problem().isPresent()) {
                silent.add(line);
            }
        }
    }

    private static void ask(Filters filters, PrintStream out, List<String> silent) throws InterruptedException {
        for (Filter filter : filters.all()) {
            Filter.FilterStatus status = filter.status(Deadline.in(BACKEND_MAX));
            String line = PlainText.of("engine " + filter.name() + ": " + status.description());
            out.println(line);
            if (!status.usable()) {
                silent.add(line);
            }
        }
    }
}
