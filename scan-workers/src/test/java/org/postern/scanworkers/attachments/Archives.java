// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;

/// Archives and documents for tests.
final class Archives {
    /// The beginning of a program of Windows.
    static final byte[] PROGRAM = program();

    private Archives() {}

    static byte[] program() {
        byte[] octets = new byte[400];
        octets[0] = 'M';
        octets[1] = 'Z';
        octets[0x3c] = 0x40;
        octets[0x40] = 'P';
        octets[0x41] = 'E';
        return octets;
    }

    static MailTransaction with(String name, byte[] content) {
        return Mails.of(
                "Content-Type: multipart/mixed; boundary=b",
                "",
                "--b",
                "Content-Type: application/octet-stream",
                "Content-Disposition: attachment; filename=\"" + name + "\"",
                "Content-Transfer-Encoding: base64",
                "",
                Base64.getMimeEncoder().encodeToString(content),
                "--b--");
    }

    static byte[] zip(Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (var file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
            }
        }
        return out.toByteArray();
    }

    static byte[] gzip(byte[] octets) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(octets);
        }
        return out.toByteArray();
    }

    static byte[] tarOf(String name, byte[] octets) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var tar = new org.apache.commons.compress.archivers.tar.TarArchiveOutputStream(out)) {
            var entry = new org.apache.commons.compress.archivers.tar.TarArchiveEntry(name);
            entry.setSize(octets.length);
            tar.putArchiveEntry(entry);
            tar.write(octets);
            tar.closeArchiveEntry();
        }
        return out.toByteArray();
    }

    static byte[] tnef(String name, byte[] data) {
        byte[] title = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(6 + 3 * 11 + 14 + title.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x223e9f78)
                .putShort((short) 1)
                .put((byte) 2)
                .putInt(0x00069002)
                .putInt(14)
                .put(new byte[14 + 2])
                .put((byte) 2)
                .putInt(0x00018010)
                .putInt(title.length)
                .put(title)
                .putShort((short) 0)
                .put((byte) 2)
                .putInt(0x0006800f)
                .putInt(data.length)
                .put(data)
                .putShort((short) 0)
                .array();
    }

    static byte[] pdf(String password) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PDDocument document = new PDDocument()) {
            document.addPage(new PDPage());
            if (!password.isEmpty()) {
                StandardProtectionPolicy policy =
                        new StandardProtectionPolicy("owner", password, new AccessPermission());
                policy.setEncryptionKeyLength(256);
                document.protect(policy);
            }
            document.save(out);
        }
        return out.toByteArray();
    }

    /// Runs a program in a folder.
    static void run(Path folder, String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
