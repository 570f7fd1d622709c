// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.util.List;
import java.util.Locale;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// Settings of the attachment rule.
public record AttachmentsConfig(
        @Doc("Extensions of attachments that must not be sent, without the dot.")
        @Default(
                "[ade, adp, app, appinstaller, application, appref-ms, appx, bas, bat, chm, cmd, com, cpl, diagcab, dll, exe,"
                        + " gadget, hlp, hta, img, inf, ins, iso, isp, jar, jnlp, job, js, jse, lib, library-ms, lnk, mde, msc,"
                        + " msi, msix, msp, mst, nsh, pif, ps1, ps2, psc1, psc2, reg, scf, scr, sct, search-ms,"
                        + " settingcontent-ms, shb, sys, url, vb, vbe, vbs, vhd, vhdx, vxd, website, ws, wsc, wsf, wsh, xbap,"
                        + " xll]")
        List<String> blockedExtensions,

        @Doc("What a blocked extension counts, also of a file in an archive, 0 to 1000.") @Default("12")
        double blockedScore,

        @Doc("What a program under a name that is no program's counts, 0 to 1000.") @Default("12")
        double executableScore,

        @Doc("What a name that hides its extension counts, 0 to 1000.") @Default("12")
        double disguisedScore,

        @Doc("What content of another kind than the name says counts, 0 to 1000.") @Default("2")
        double mismatchScore,

        @Doc("What macros in an Office document count, 0 to 1000.") @Default("3")
        double macroScore,

        @Doc("What an Office document counts that fetches a part of itself from elsewhere, 0 to 1000.") @Default("4")
        double remoteScore,

        @Doc("What an encrypted archive counts, 0 to 1000.") @Default("2")
        double encryptedScore,

        @Doc("What an encrypted Office document or PDF counts, 0 to 1000.") @Default("1")
        double encryptedDocumentScore,

        @Doc("What an archive counts that cannot be looked into, damaged or of a kind that is not unpacked, 0 to 1000.")
        @Default("1")
        double unreadableScore,

        @Doc("What a structure beyond all bounds counts, 0 to 1000.") @Default("6")
        double tooComplexScore,

        @Doc("What a structure counts that mail programs read differently, 0 to 1000.") @Default("1")
        double ambiguousScore,

        @Doc("The bounds of looking into archives and documents.")
        UnpackConfig unpack) {
    /// The values of a configuration that says nothing.
    public static final AttachmentsConfig DEFAULTS = new AttachmentsConfig(
            List.of(
                    ("ade adp app appinstaller application appref-ms appx bas bat chm cmd com cpl diagcab dll exe gadget"
                                    + " hlp hta img inf ins iso isp jar jnlp job js jse lib library-ms lnk mde msc msi"
                                    + " msix msp mst nsh pif ps1 ps2 psc1 psc2 reg scf scr sct search-ms"
                                    + " settingcontent-ms shb sys url vb vbe vbs vhd vhdx vxd website ws wsc wsf wsh"
                                    + " xbap xll")
                            .split(" ")),
            12,
            12,
            12,
            2,
            3,
            4,
            2,
            1,
            1,
            6,
            1,
            UnpackConfig.DEFAULTS);

    public AttachmentsConfig {
        blockedExtensions = blockedExtensions.stream()
                .map(extension -> extension.strip().toLowerCase(Locale.ROOT))
                .toList();
        for (String extension : blockedExtensions) {
            if (!extension.matches("[^.\\s/\\\\]{1,30}")) {
                throw new IllegalArgumentException(
                        "blocked-extensions: write \"" + extension + "\" as letters without dot, such as exe");
            }
        }
        for (double score : new double[] {
            blockedScore,
            executableScore,
            disguisedScore,
            mismatchScore,
            macroScore,
            remoteScore,
            encryptedScore,
            encryptedDocumentScore,
            unreadableScore,
            tooComplexScore,
            ambiguousScore
        }) {
            if (!(score >= 0 && score <= 1000)) {
                throw new IllegalArgumentException("a score of the attachment rule is 0 to 1000, not " + score);
            }
        }
    }
}
