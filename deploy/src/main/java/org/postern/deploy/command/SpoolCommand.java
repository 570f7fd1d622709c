// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postern.core.config.ConfigException;
import org.postern.core.text.PlainText;
import org.postern.delivery.spool.RecipientState;
import org.postern.delivery.spool.SpoolQueue;
import org.postern.delivery.spool.SpoolRequeue;
import org.postern.delivery.spool.SpoolTool;
import org.postern.delivery.spool.SpoolTool.Item;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "spool",
        description = {
            "Reads the spool folder itself, file by file: no server is needed.",
            "A mail is named by its id or by the path of its file."
        },
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  postern spool ls --folder /var/spool/postern",
            "  postern spool verify",
            "  postern spool cat mx1.01jd0v3x5k8h9n2q4r6s7t8v9w > message.eml",
            "  postern spool salvage corrupt/ID --to message.eml",
            "",
            "ls, cat, verify and salvage change nothing and may run beside the store. requeue wants the store stopped."
        })
final class SpoolCommand {
    private static final String MAIL = "ID|FILE";

    /// Where the spool is.
    static final class Where {
        @Mixin
        private final ConfigOptions options = new ConfigOptions();

        @Option(
                names = "--folder",
                paramLabel = "DIR",
                description = "The spool folder. Without it: that of the configuration.")
        private @Nullable Path folder;

        Path path() {
            return folder != null
                    ? folder
                    : options.read()
                            .store()
                            .orElseThrow(() -> new ConfigException(
                                    "the configuration has no \"store\": name the folder" + " with --folder DIR"))
                            .spool()
                            .folder();
        }
    }

    @Command(name = "ls", description = "Lists every file with what its header says and whether it proves itself.")
    int ls(@Mixin Where where, @Option(names = "--json", description = "One line of JSON for each file.") boolean json)
            throws IOException {
        Rows rows = new Rows(System.out, json);
        int[] files = new int[1];
        new SpoolTool(where.path()).each(false, item -> {
            rows.add(row(item));
            files[0]++;
        });
        rows.end();
        if (files[0] == 0 && !json) {
            System.out.println("the spool is empty");
        }
        return ExitCodes.OK;
    }

    @Command(
            name = "verify",
            description =
                    "Reads every file to its end and compares checksums and hashes. Lists what is wrong; exit code 1"
                            + " when something is. Files that a running store is just writing are counted, not listed.")
    int verify(
            @Mixin Where where,
            @Option(names = "--json", description = "One line of JSON for each file that is wrong.") boolean json)
            throws IOException {
        SpoolTool tool = new SpoolTool(where.path());
        boolean running = tool.inUse();
        Rows rows = new Rows(System.out, json);
        long[] counts = new long[3];
        tool.each(true, item -> {
            boolean young = running && item.place().equals("m") && isYoung(item.file());
            counts[item.problem().isEmpty() ? 0 : young ? 1 : 2]++;
            if (!item.problem().isEmpty() && !young) {
                rows.add(row(item));
            }
        });
        rows.end();
        long records = tool.damagedRecords();
        (json ? System.err : System.out)
                .println(counts[0] + " files are right, " + counts[2] + " are not"
                        + (counts[1] == 0 ? "" : ", " + counts[1] + " are being written")
                        + "; " + records + " damaged records in the memory of handoffs");
        return counts[2] + records == 0 ? ExitCodes.OK : ExitCodes.FAILURE;
    }

    private static boolean isYoung(Path file) {
        try {
            return Files.getLastModifiedTime(file)
                    .toInstant()
                    .isAfter(Instant.now().minus(10, ChronoUnit.MINUTES));
        } catch (IOException e) {
            return true;
        }
    }

    @Command(
            name = "cat",
            description = "Writes the message to standard output as it was accepted; exit code 1 at the end"
                    + " where its octets are not those that were accepted.")
    int cat(@Mixin Where where, @Parameters(paramLabel = MAIL) String mail) throws IOException {
        SpoolTool tool = new SpoolTool(where.path());
        OutputStream out = new BufferedOutputStream(System.out, 64 * 1024);
        try {
            tool.cat(one(tool, mail), out);
        } finally {
            out.flush();
        }
        // A full disk, or a reader that went away: System.out throws nothing.
        if (System.out.checkError()) {
            throw new CommandFailure("not all of the message could be written to standard output");
        }
        return ExitCodes.OK;
    }

    @Command(
            name = "salvage",
            description = "Writes what is left of a message that does not prove itself, and says what of it is known.")
    int salvage(
            @Mixin Where where,
            @Option(names = "--to", paramLabel = "FILE", required = true, description = "A new file for the message.")
                    Path to,
            @Parameters(paramLabel = MAIL) String mail)
            throws IOException {
        SpoolTool tool = new SpoolTool(where.path());
        Item item = one(tool, mail);
        long octets;
        try (OutputStream out =
                new BufferedOutputStream(Files.newOutputStream(to, StandardOpenOption.CREATE_NEW), 64 * 1024)) {
            octets = tool.salvage(item, out);
        }
        Optional<SpoolQueue.Entry> known = item.mail();
        System.out.println(octets + " octets written to " + to
                + known.map(entry -> " of " + entry.size()).orElse(": the whole file, for its header is lost"));
        System.out.println(PlainText.of("wrong with it: " + (item.problem().isEmpty() ? "nothing" : item.problem())));
        known.ifPresent(entry -> {
            System.out.println(PlainText.of("received " + entry.received() + " from <" + entry.sender() + ">"));
            entry.recipients().forEach(one -> System.out.println(PlainText.of("for " + one.path())));
        });
        return ExitCodes.OK;
    }

    @Command(
            name = "requeue",
            description =
                    "Puts mails that were set aside (failed, torn, corrupt) back, to be delivered at the next start to"
                            + " those who do not have them.")
    int requeue(
            @Mixin Where where,
            @Option(names = "--all", description = "Also to those who have it.") boolean all,
            @Option(names = "--as-it-is", description = "Also where the octets do not prove themselves.")
                    boolean asItIs,
            @Parameters(paramLabel = MAIL, arity = "1..*") List<String> mails)
            throws IOException {
        Path folder = where.path();
        SpoolTool tool = new SpoolTool(folder);
        if (tool.inUse()) {
            throw new CommandFailure(
                    "a store uses " + folder
                            + ": stop it, requeue, and start it again; what waits in its queue is retried with postern queue retry");
        }
        try (SpoolRequeue requeue = new SpoolRequeue(tool, folder, InstantSource.system())) {
            for (String mail : mails) {
                Item item = one(tool, mail);
                if (item.place().equals("m")) {
                    throw new CommandFailure(
                            mail + " is in the queue: the store delivers it, and postern queue retry has it try now");
                }
                System.out.println(item.name() + " is queued as " + requeue.requeue(item, all, asItIs));
            }
        }
        return ExitCodes.OK;
    }

    private static Item one(SpoolTool tool, String mail) throws IOException {
        List<Item> found = tool.find(mail);
        if (found.size() != 1) {
            throw new CommandFailure(
                    found.isEmpty()
                            ? "there is no " + mail + " in the spool; postern spool ls shows what is there"
                            : mail + " is there more than once, name one: "
                                    + found.stream().map(Item::file).toList());
        }
        return found.getFirst();
    }

    private static Map<String, Object> row(Item item) {
        Map<String, Object> row = new LinkedHashMap<>();
        Optional<SpoolQueue.Entry> mail = item.mail();
        row.put("place", item.place());
        row.put("name", item.name());
        row.put("state", state(item));
        row.put(
                "received",
                mail.map(one -> one.received().truncatedTo(ChronoUnit.SECONDS).toString())
                        .orElse(""));
        row.put("size", mail.map(SpoolQueue.Entry::size).orElse(0L));
        row.put("sender", mail.map(one -> "<" + one.sender() + ">").orElse(""));
        row.put("recipients", mail.map(SpoolCommand::missing).orElse(List.of()));
        row.put("problem", item.problem());
        return row;
    }

    private static String state(Item item) {
        if (!item.problem().isEmpty()) {
            return "wrong";
        }
        return item.place().equals("m")
                ? item.mail()
                        .map(one -> one.state().name().toLowerCase(Locale.ROOT))
                        .orElse("")
                : "aside";
    }

    private static List<String> missing(SpoolQueue.Entry mail) {
        return mail.recipients().stream()
                .filter(one -> one.state() != RecipientState.DONE)
                .map(one -> one.path().toString())
                .toList();
    }
}
