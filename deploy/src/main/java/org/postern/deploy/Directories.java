// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import org.postern.core.config.ConfigException;
import org.postern.core.directory.Directory;
import org.postern.core.directory.cache.CachingDirectory;
import org.postern.core.directory.check.AccountSource;
import org.postern.core.directory.file.FileDirectory;
import org.postern.core.directory.file.FileDirectoryConfig;
import org.postern.core.directory.ldap.LdapConfig;
import org.postern.core.directory.ldap.LdapDirectory;
import org.postern.core.mail.MailAddress;
import org.postern.core.sending.SendingHabits;
import org.postern.deploy.config.DirectoryConfig;
import org.postern.deploy.management.Check;
import org.postern.deploy.management.Operation;

/// Opens the directory that is configured.
public final class Directories {
    private Directories() {}

    /// The directory for a server: what LDAP answers is remembered. It never makes the server not ready: all fronts
    /// would go away at once, and with them the stale answers and the 451 that senders understand.
    ///
    /// @param checks where the directory's health is added
    /// @throws ConfigException where the settings or the accounts file are wrong
    public static Directory open(DirectoryConfig config, MeterRegistry meters, List<Check> checks) {
        Opened opened = open(config, meters);
        Directory directory = config.ldap().isPresent()
                ? new CachingDirectory(opened.directory(), config.cache(), meters)
                : opened.directory();
        checks.add(new Check("directory", () -> condition(directory.health())));
        return directory;
    }

    private static Check.Condition condition(Directory.Health health) {
        return Check.working(
                health.answers(),
                health.answers()
                        ? health.detail()
                        : "only accounts known from before are recipients, others get 451: " + health.detail());
    }

    /// A directory that remembers nothing, and can list its accounts.
    public record Opened(Directory directory, AccountSource accounts) implements AutoCloseable {
        @Override
        public void close() {
            directory.close();
        }
    }

    /// The directory for a command.
    ///
    /// @throws ConfigException where the settings or the accounts file are wrong
    public static Opened open(DirectoryConfig config, MeterRegistry meters) {
        return config.fileDirectory()
                .map(settings -> file(settings, meters))
                .or(() -> config.ldap().map(section -> ldap(section.as(LdapConfig.class), meters)))
                .orElseThrow(() -> new ConfigException("directory: names neither a file nor an LDAP server"));
    }

    private static Opened ldap(LdapConfig settings, MeterRegistry meters) {
        try {
            LdapDirectory directory = new LdapDirectory(settings, meters);
            return new Opened(directory, directory);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("directory.ldap: " + e.getMessage());
        }
    }

    private static Opened file(FileDirectoryConfig settings, MeterRegistry meters) {
        FileDirectory directory = FileDirectory.open(settings, meters);
        if (!directory.problems().isEmpty()) {
            List<String> problems = directory.problems();
            directory.close();
            throw new ConfigException(problems);
        }
        return new Opened(directory, directory);
    }

    /// What a running server does with its directory when it is asked to.
    static List<Operation> operations(Directory directory) {
        return List.of(new Operation("directory flush", (arguments, answer) -> {
            if (!(directory instanceof CachingDirectory remembering)) {
                answer.say("nothing to forget: the accounts file is in memory, and is read again when it changes");
                return;
            }
            String address = arguments.getOrDefault("address", "");
            if (address.isEmpty()) {
                answer.say("forgot " + remembering.flush() + " answers");
            } else {
                MailAddress parsed = MailAddress.parse(address);
                answer.say("forgot " + remembering.flush(parsed) + " answers about " + parsed);
            }
        }));
    }

    /// What a front does with accounts whose mail it holds.
    static List<Operation> operations(SendingHabits habits) {
        return List.of(
                new Operation("directory held", (_, answer) -> {
                    habits.held().forEach(account -> answer.row(Map.of("account", account)));
                    if (habits.held().isEmpty()) {
                        answer.say("no account's mail is held");
                    }
                }),
                new Operation("directory release", (arguments, answer) -> {
                    String account = arguments.getOrDefault("account", "");
                    answer.say(
                            habits.release(account)
                                    ? account + " may send as it does now; what was held is in the quarantine"
                                    : account + " was not held here");
                }));
    }
}
