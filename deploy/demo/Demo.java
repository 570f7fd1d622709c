// SPDX-License-Identifier: Apache-2.0

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// The main job, seen from outside: two fronts, a store and a clamd as processes of their own on loopback, real messages over SMTP, and a table of what
/// the sender was told and where each mail ended. Ends with 0 only if all went as expected.
public final class Demo {
    private static final String ALICE = "alice@demo.example";
    private static final String PASSWORD = "correct horse battery";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path folder;
    private final Site site;
    private final List<Row> rows = new ArrayList<>();

    /// @param sent what was sent
    /// @param told what the sender was told
    /// @param ended where the mail is now
    /// @param millis from connecting to the last reply
    /// @param asExpected whether both are what they should be
    private record Row(String sent, String told, String ended, long millis, boolean asExpected) {}

    private Demo(Path folder, Site site) {
        this.folder = folder;
        this.site = site;
    }

    public static void main(String[] arguments) throws Exception {
        if (List.of(arguments).contains("--help")) {
            System.out.println("usage: ./run demo\nStarts Postern on loopback ports, sends a few mails, prints what became of them.");
            return;
        }
        Path target = Path.of("..", "target").toAbsolutePath().normalize();
        Path folder = Files.createTempDirectory(target, "demo");
        boolean well = false;
        try (DemoClamd clamd = DemoClamd.startIfInstalled(Files.createDirectory(folder.resolve("clamd")))) {
            Site site = Site.init(target.resolve("postern/bin/postern"), folder.resolve("site"), "demo.example", ALICE, PASSWORD, clamd.address());
            System.out.println(clamd.words());
            well = new Demo(folder, site).run(clamd.running());
        } finally {
            if (well) {
                Site.delete(folder);
            } else {
                System.out.println("Everything is left in " + folder + " to look at; the logs are in site/*.log.");
            }
        }
        System.exit(well ? 0 : 1);
    }

    private boolean run(boolean clamd) throws IOException, InterruptedException {
        try (Server store = site.start("store", "store");
                Server mx = site.start("mx", "front", "--farm", "mx");
                Server submission = site.start("submission", "front", "--farm", "submission")) {
            System.out.printf(
                    "Running: MX front (pid %d, port %d), submission front (pid %d, port %d), store (pid %d).%n%n",
                    mx.pid(), site.mxPort(), submission.pid(), site.submissionPort(), store.pid());
            fromOutside("ham", mail("ham", "Lunch on Tuesday?", "Shall we meet at noon?"), ALICE, "250", "mailbox");
            fromOutside("a few spam words", mail("tag", "Offer", LOTTERY + CREDIT), ALICE, "250", "mailbox, tagged");
            fromOutside("more spam words", mail("quarantine", "Urgent", ADVANCE_FEE), ALICE, "250", "quarantine");
            fromOutside("nothing but spam words", mail("spam", "Urgent", ADVANCE_FEE + LOTTERY), ALICE, "550", "nowhere");
            fromOutside(
                    clamd ? "the EICAR virus in a zip (clamd)" : "the EICAR virus in a zip (rules)", virus(), ALICE, "550", "nowhere");
            fromOutside("ham to an unknown recipient", mail("unknown", "Hello", "Hello"), "nobody@demo.example", "550", "nowhere");
            submit("a submission after login", "submitted", true, "250", "mailbox");
            submit("a submission without login", "anonymous", false, "530", "nowhere");

            store.stop();
            byte[] late = mail("late", "Dinner on Friday?", "Shall we meet at eight?");
            fromOutside("ham while the store is stopped", late, ALICE, "451", "nowhere");
            try (Server again = site.start("store", "store")) {
                Thread.sleep(2_000);
                fromOutside("the same mail, store running again", late, ALICE, "250", "mailbox");
                fromOutside("the same mail, sent on purpose again", late, ALICE, "250", "mailbox, twice");
            }
        }
        print();
        return rows.stream().allMatch(Row::asExpected);
    }

    private void fromOutside(String what, byte[] message, String recipient, String told, String ended)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        String reply;
        try (SmtpClient client = SmtpClient.connect(site.mxPort())) {
            reply = client.send("bob@elsewhere.example", recipient, message);
        }
        note(what, idOf(message), reply, start, told, ended);
    }

    private void submit(String what, String id, boolean login, String told, String ended)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        String reply;
        try (SmtpClient client = SmtpClient.connect(site.submissionPort())) {
            client.startTls();
            if (login) {
                client.login(ALICE, PASSWORD);
            }
            reply = client.send(ALICE, ALICE, mail(id, "Note to myself", "Buy bread."));
        }
        note(what, id, reply, start, told, ended);
    }

    private void note(String what, String id, String reply, long start, String told, String expected)
            throws IOException, InterruptedException {
        long millis = (System.nanoTime() - start) / 1_000_000;
        long end = System.nanoTime() + PATIENCE.toNanos();
        String ended = whereIs(id);
        while (!ended.equals(expected) && reply.startsWith("250") && System.nanoTime() < end) {
            Thread.sleep(50);
            ended = whereIs(id);
        }
        if (!reply.startsWith("250")) {
            Thread.sleep(300); // a mail that must not be there would come now
            ended = whereIs(id);
        }
        rows.add(new Row(what, reply, ended, millis, reply.startsWith(told) && ended.equals(expected)));
    }

    private String whereIs(String id) throws IOException {
        List<String> copies = site.mailsWith("X-Demo-Id: " + id + "\r\n");
        List<String> delivered = copies.stream().filter(copy -> copy.startsWith("mailbox")).toList();
        if (delivered.size() == 2) {
            return "mailbox, twice";
        }
        return copies.isEmpty() ? "nowhere" : copies.size() == 1 ? copies.getFirst() : copies.toString();
    }

    private void print() {
        System.out.printf("%-37s %-62s %-17s %7s%n", "sent", "the sender was told", "where it ended", "ms");
        System.out.println("-".repeat(127));
        for (Row row : rows) {
            String told = row.told().length() > 62 ? row.told().substring(0, 61) + "…" : row.told();
            System.out.printf(
                    "%-37s %-62s %-17s %7d%s%n",
                    row.sent(), told, row.ended(), row.millis(), row.asExpected() ? "" : "  <-- NOT AS EXPECTED");
        }
        System.out.println(
                rows.stream().allMatch(Row::asExpected)
                        ? "\nAll as expected: what was told 250 is there, what was refused is nowhere."
                        : "\nNot all went as expected.");
    }

    private static final String LOTTERY = "You have won! Your winning ticket number brings prize money from the lottery.\r\n";
    private static final String CREDIT = "Refinance at the lowest rates, no credit check, free quote.\r\n";
    private static final String ADVANCE_FEE = "In utmost confidence: my late husband, the late president of a security company, left a "
            + "foreign account.\r\nAs next of kin I need your assistance and your bank account for the transfer of the fund.\r\n";

    private static byte[] mail(String id, String subject, String body) {
        return bytes("From: Bob <bob@elsewhere.example>\r\nTo: Alice <" + ALICE + ">\r\nSubject: " + subject
                + "\r\nDate: Sat, 21 Nov 2026 12:00:00 +0000\r\nMessage-ID: <" + id + "@elsewhere.example>\r\nX-Demo-Id: " + id
                + "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n" + body + "\r\n");
    }

    private static byte[] virus() throws IOException {
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(zip)) {
            out.putNextEntry(new ZipEntry("readme.txt"));
            out.write(DemoClamd.eicar());
        }
        return bytes("From: Bob <bob@elsewhere.example>\r\nTo: Alice <" + ALICE + ">\r\nSubject: Your invoice\r\n"
                + "Date: Sat, 21 Nov 2026 12:00:00 +0000\r\nMessage-ID: <virus@elsewhere.example>\r\nX-Demo-Id: virus\r\n"
                + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\n\r\nSee attachment.\r\n--part\r\n"
                + "Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n"
                + "Content-Disposition: attachment; filename=invoice.zip\r\n\r\n"
                + Base64.getMimeEncoder().encodeToString(zip.toByteArray()) + "\r\n--part--\r\n");
    }

    private static String idOf(byte[] message) {
        String text = new String(message, StandardCharsets.US_ASCII);
        int at = text.indexOf("X-Demo-Id: ") + 11;
        return text.substring(at, text.indexOf('\r', at));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
