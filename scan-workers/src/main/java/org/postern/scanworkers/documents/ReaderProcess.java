// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import com.google.zxing.Result;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pdfbox.io.RandomAccessRead;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.jspecify.annotations.Nullable;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.process.ChildProcess;

/// One process that reads documents, as the server sees it. Used by one thread at a time; [#kill] by any.
final class ReaderProcess implements AutoCloseable {
    private static final Duration PROCESSOR_TIME = Duration.ofHours(2);
    /// How a JVM with `ExitOnOutOfMemoryError` ends.
    private static final int OUT_OF_MEMORY = 3;
    /// How [ReaderMain] ends when a document takes more of the processor than any may.
    static final int OUT_OF_PROCESSOR_TIME = 5;

    /// Classes by which the jars are found that the process needs.
    private static final List<String> NEEDED = List.of(
            ReaderMain.class.getName(),
            Deadline.class.getName(),
            PDDocument.class.getName(),
            RandomAccessRead.class.getName(),
            Result.class.getName(),
            "org.apache.fontbox.ttf.TrueTypeFont",
            "org.apache.pdfbox.jbig2.JBIG2ImageReaderSpi",
            "org.apache.commons.logging.LogFactory",
            "org.slf4j.LoggerFactory",
            "org.jspecify.annotations.Nullable",
            "com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi",
            "com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi",
            "com.twelvemonkeys.imageio.ImageReaderBase",
            "com.twelvemonkeys.imageio.metadata.Directory",
            "com.twelvemonkeys.image.ImageUtil",
            "com.twelvemonkeys.io.FileUtil",
            "com.twelvemonkeys.lang.StringUtil");

    private final ChildProcess child;
    private final DataInputStream in;
    private final DataOutputStream out;
    private boolean ready;
    private int documents;

    private ReaderProcess(ChildProcess child) {
        this.child = child;
        this.in = new DataInputStream(new BufferedInputStream(child.stdout(), 64 * 1024));
        this.out = new DataOutputStream(new BufferedOutputStream(child.stdin(), 64 * 1024));
    }

    /// Starts a process. It is not known to work before its first answer.
    static ReaderProcess start(Path tempFolder) throws IOException {
        Path temp = tempFolder.toAbsolutePath();
        List<String> arguments = List.of(
                "-Xmx" + ReaderLimits.HEAP.bytes(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData", // it would write to /tmp
                "-Xshare:auto",
                "-Djava.awt.headless=true",
                "-Djava.io.tmpdir=" + temp,
                "-Dpdfbox.fontcache=" + temp,
                "-cp",
                classPath(),
                ReaderMain.class.getName());
        return new ReaderProcess(ChildProcess.start(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                arguments,
                new ChildProcess.Limits(Optional.empty(), PROCESSOR_TIME, 512, ByteSize.ofMiB(64)),
                Map.of(),
                temp));
    }

    private static String classPath() throws IOException {
        Set<String> jars = new LinkedHashSet<>();
        for (String name : NEEDED) {
            try {
                @Nullable
                CodeSource source = Class.forName(name, false, ReaderProcess.class.getClassLoader())
                        .getProtectionDomain()
                        .getCodeSource();
                if (source == null) {
                    throw new IOException("nobody knows where the class " + name + " is from");
                }
                jars.add(Path.of(source.getLocation().toURI()).toString());
            } catch (ClassNotFoundException | URISyntaxException e) {
                throw new IOException("the class " + name + " is missing", e);
            }
        }
        for (String jar : jars) {
            if (!Files.exists(Path.of(jar))) {
                throw new IOException(jar + " is missing");
            }
        }
        return String.join(File.pathSeparator, jars);
    }

    /// Waits until it can read documents, or is killed.
    void awaitReady() throws IOException {
        if (!ready && in.readInt() != Wire.READY) {
            throw new IOException("the process that reads documents says something else than ready");
        }
        ready = true;
    }

    Document read(Wire.Job job) throws IOException {
        documents++;
        Wire.write(out, job);
        return Wire.readDocument(in);
    }

    /// Whether it may read another document.
    boolean usable() {
        return child.alive() && documents < ReaderLimits.DOCUMENTS;
    }

    /// What the document took too much of, where the process has ended, or ends within a second, because of that.
    Optional<String> ranOutOf() throws InterruptedException {
        return child.exitCode(Duration.ofSeconds(1)).flatMap(code -> switch (code) {
            case OUT_OF_MEMORY -> Optional.of("takes more memory to read than " + ReaderLimits.HEAP);
            case OUT_OF_PROCESSOR_TIME ->
                Optional.of(
                        "takes the processor longer to read than " + ReaderLimits.PROCESSOR_TIME.toSeconds() + " s");
            default -> Optional.empty();
        });
    }

    void kill() {
        child.kill();
    }

    @Override
    public void close() {
        child.close();
    }
}
