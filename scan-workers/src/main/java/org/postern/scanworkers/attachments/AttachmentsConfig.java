// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.util.List;
import java.util.Locale;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// Settings of the attachment rule.
public record AttachmentsConfig(
        @Doc("Extensions of attachments that must not be sent, without the dot.")
        @Default("[ade, adp, app, application, bas, bat, chm, cmd, com, cpl, diagcab, dll, exe, gadget, hlp, hta, inf,"
                + " ins, isp, jar, jnlp, job, js, jse, lib, lnk, mde, msc, msi, msp, mst, nsh, pif, ps1, ps2, psc1,"
                + " psc2, reg, scf, scr, sct, settingcontent-ms, shb, sys, vb, vbe, vbs, vxd, ws, wsc, wsf, wsh, xll]")
        List<String> blockedExtensions,

        @Doc("What a blocked extension counts, also of a file in a zip archive, 0 to 1000.") @Default("12")
        double blockedScore,

        @Doc("What a name that hides its extension counts, 0 to 1000.") @Default("12")
        double disguisedScore,

        @Doc("What an encrypted zip archive counts, 0 to 1000.") @Default("2")
        double encryptedScore,

        @Doc("What a structure beyond all bounds counts, 0 to 1000.") @Default("6")
        double tooComplexScore,

        @Doc("What a structure counts that mail programs read differently, 0 to 1000.") @Default("1")
        double ambiguousScore) {
    /// The values of a configuration that says nothing.
    public static final AttachmentsConfig DEFAULTS = new AttachmentsConfig(
            List.of(
                    ("ade adp app application bas bat chm cmd com cpl diagcab dll exe gadget hlp hta inf ins isp jar jnlp"
                                    + " job js jse lib lnk mde msc msi msp mst nsh pif ps1 ps2 psc1 psc2 reg scf scr sct"
                                    + " settingcontent-ms shb sys vb vbe vbs vxd ws wsc wsf wsh xll")
                            .split(" ")),
            12,
            12,
            2,
            6,
            1);

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
        for (double score :
                new double[] {blockedScore, disguisedScore, encryptedScore, tooComplexScore, ambiguousScore}) {
            if (!(score >= 0 && score <= 1000)) {
                throw new IllegalArgumentException("a score of the attachment rule is 0 to 1000, not " + score);
            }
        }
    }
}
