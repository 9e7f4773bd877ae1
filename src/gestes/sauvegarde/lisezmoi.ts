/** What the folder of backups says to whoever finds it without the program. */
export const LISEZMOI = `Sauvegardes de vaguemestre
==========================

coffre/               les pièces, chacune sous son empreinte SHA-256 ; partagées par tous les instantanés
instantanes/<nom>/    un instantané : la base à cet instant, les réglages, la liste SHA256SUMS, MANIFESTE.json

Un instantané sans MANIFESTE.json a été interrompu : ce n’est pas une sauvegarde.

Vérifier un instantané sans le programme :

    cd instantanes/<nom>
    sha256sum --quiet -c SHA256SUMS
    sha256sum SHA256SUMS        # à comparer avec « sommes » dans MANIFESTE.json

Avec le programme : vaguemestre sauvegarder --verifier DOSSIER
Restaurer         : vaguemestre restaurer DOSSIER --vers DONNEES

La base contient les secrets des webhooks ; le coffre, les actes et les comptes : garder ce dossier comme un secret.
`;
