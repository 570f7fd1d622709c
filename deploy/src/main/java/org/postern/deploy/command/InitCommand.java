// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.postern.core.config.ConfigException;
import org.postern.core.directory.password.ScramSecret;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;
import org.postern.deploy.ResourceException;
import org.postern.scanworkers.pool.BackendAddress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "init",
        description = {
            "Writes a complete, commented, working configuration, and overwrites nothing.",
            "That is postern.yaml, accounts.yaml, scram-secret and the folders that they name, below DIR."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  postern init site --domain example.org --account alice@example.org:secret --loopback",
            "      for trying it out: all on 127.0.0.1, MX 2525, submission 2587 and 2465, QMQP 2628,",
            "      handoff 2629, management 2680",
            "  postern init /etc/postern --domain example.org --account alice@example.org:secret \\",
            "      --clamd 127.0.0.1:3310",
            "      the real ports: 25, 587, 465, 628; handoff 2629 and management 2680 on loopback",
            "",
            "A password on a command line can be seen by other users of the machine while the command runs:",
            "with --account ADDRESS alone it is read from standard input, one line for each account."
        })
final class InitCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The folder to fill; made where it is missing.")
    private Path folder = Path.of("");

    @Option(names = "--domain", required = true, paramLabel = "D", description = "A domain whose mail is ours.")
    private List<String> domains = new ArrayList<>();

    @Option(
            names = "--account",
            required = true,
            paramLabel = "ADDRESS:PASSWORD",
            description = "An account; the first one is also postmaster. May be given more than once.")
    private List<String> accounts = new ArrayList<>();

    @Option(
            names = "--clamd",
            paramLabel = "BACKEND",
            description = {
                "A virus scanner: HOST:PORT or unix:/path, such as",
                "unix:/run/clamav/clamd.ctl. Without one, mail is judged by rules",
                "and attachment names only."
            })
    private @Nullable String clamd;

    @Option(names = "--spamd", paramLabel = "BACKEND", description = "A spamd of SpamAssassin, likewise.")
    private @Nullable String spamd;

    @Option(names = "--rspamd", paramLabel = "BACKEND", description = "A normal worker of rspamd, likewise.")
    private @Nullable String rspamd;

    @Option(names = "--loopback", description = "Everything on 127.0.0.1, on ports that need no privileges.")
    private boolean loopback;

    @Override
    public Integer call() {
        List<String> problems = new ArrayList<>();
        List<Domain> ours = new ArrayList<>();
        for (String domain : domains) {
            read(problems, "--domain " + domain, () -> ours.add(Domain.parse(domain)));
        }
        Map<MailAddress, ScramSecret> secrets = new LinkedHashMap<>();
        for (String account : accounts) {
            String address = address(account);
            read(problems, "--account " + address, () -> {
                MailAddress parsed = MailAddress.parse(address);
                if (!ours.contains(parsed.domain())) {
                    throw new IllegalArgumentException("its domain is not among --domain");
                }
                if (secrets.put(parsed, ScramSecret.create(password(account, address))) != null) {
                    throw new IllegalArgumentException("stands here twice");
                }
            });
        }
        backend(problems, "--clamd", clamd);
        backend(problems, "--spamd", spamd);
        backend(problems, "--rspamd", rspamd);
        for (String name : List.of("postern.yaml", "accounts.yaml")) {
            if (Files.exists(folder.resolve(name))) {
                problems.add(folder.resolve(name) + " exists already and is not overwritten; choose another folder");
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        write(new SampleConfig(ours, secrets, clamd, spamd, rspamd, loopback));
        System.out.println("wrote " + folder.resolve("postern.yaml") + " and " + folder.resolve("accounts.yaml"));
        System.out.println("next: postern check --config " + folder.resolve("postern.yaml"));
        System.out.println("then: postern all-in-one --config " + folder.resolve("postern.yaml"));
        return ExitCodes.OK;
    }

    private static void backend(List<String> problems, String option, @Nullable String engine) {
        if (engine != null) {
            read(problems, option + " " + engine, () -> BackendAddress.parse(engine));
        }
    }

    private static void read(List<String> problems, String what, Runnable reading) {
        try {
            reading.run();
        } catch (IllegalArgumentException e) {
            problems.add(what + ": " + e.getMessage());
        }
    }

    /// An address has no colon outside of quotes before its domain, so the first one after the `@` ends it.
    private static String address(String account) {
        int colon = account.indexOf(':', Math.max(0, account.indexOf('@')));
        return colon < 0 ? account : account.substring(0, colon);
    }

    private static String password(String account, String address) {
        if (account.length() > address.length()) {
            return account.substring(address.length() + 1);
        }
        try {
            return StandardInput.line();
        } catch (IOException e) {
            throw new IllegalArgumentException("its password cannot be read from standard input: " + e, e);
        }
    }

    private void write(SampleConfig sample) {
        try {
            Files.createDirectories(folder);
            for (String name : List.of("tmp", "spool", "mail", "quarantine")) {
                Path made = folder.resolve(name);
                if (!Files.isDirectory(made)) {
                    Files.createDirectory(
                            made, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                }
            }
            file("accounts.yaml", "rw-------", sample.accountsFile());
            if (!Files.exists(folder.resolve("scram-secret"))) {
                file("scram-secret", "rw-------", sample.scramSecretFile());
            }
            file("postern.yaml", "rw-r--r--", sample.configuration());
        } catch (IOException e) {
            throw new ResourceException(folder + " cannot be filled: " + e, e);
        }
    }

    private void file(String name, String permissions, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.WRITE);
    }
}
