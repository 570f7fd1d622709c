// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A bounded number of random changes to the corpus of a fuzz test, for every run of the tests; the seed is printed.
public final class Mutations {
    private static final int ROUNDS = 10_000;

    private Mutations() {}

    /// @param test whose corpus it is
    /// @param method the folder of the corpus
    /// @param check fails where the octets do more than they may
    public static void of(Class<?> test, String method, Consumer<byte[]> check) throws IOException {
        List<byte[]> corpus = corpus(test, method);
        long seed = System.nanoTime();
        System.out.println(test.getSimpleName() + " seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] octets = changed(corpus, random);
            try {
                check.accept(octets);
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        "seed " + seed + " round " + i + " octets "
                                + java.util.HexFormat.of().formatHex(octets),
                        e);
            }
        }
    }

    private static List<byte[]> corpus(Class<?> test, String method) throws IOException {
        Path folder = Path.of(System.getProperty("postern.project.root", "."))
                .resolve("smtp-front/src/test/resources")
                .resolve(test.getName().replace('.', '/') + "Inputs")
                .resolve(method);
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> sorted = files.sorted().toList();
            List<byte[]> corpus = new java.util.ArrayList<>();
            for (Path file : sorted) {
                corpus.add(Files.readAllBytes(file));
            }
            return corpus;
        }
    }

    private static byte[] changed(List<byte[]> corpus, Random random) {
        byte[] octets = corpus.get(random.nextInt(corpus.size())).clone();
        byte[] other = corpus.get(random.nextInt(corpus.size()));
        for (int changes = random.nextInt(6); changes >= 0 && octets.length > 0; changes--) {
            int at = random.nextInt(octets.length);
            switch (random.nextInt(5)) {
                case 0 -> octets[at] = (byte) random.nextInt(256);
                case 1 -> octets[at] = (byte) "\r\n.<>@\"\\= :,\0+".charAt(random.nextInt(14));
                case 2 -> octets = Arrays.copyOf(octets, at);
                case 3 -> {
                    // A piece comes twice.
                    byte[] longer = Arrays.copyOf(octets, octets.length + at);
                    System.arraycopy(octets, 0, longer, octets.length, at);
                    octets = longer;
                }
                default -> {
                    int length = Math.min(random.nextInt(other.length + 1), octets.length - at);
                    System.arraycopy(other, 0, octets, at, length);
                }
            }
        }
        return octets;
    }
}
