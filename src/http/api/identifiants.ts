import type { FastifyRequest } from 'fastify';
import { erreurApi } from '../../metier/catalogue/api.ts';
import { erreurGestes } from '../../metier/catalogue/gestes.ts';
import { erreurLot } from '../../metier/catalogue/lot.ts';
import { erreurNoyau } from '../../metier/catalogue/noyau.ts';
import {
  type FluxId,
  type LivraisonId,
  type LotId,
  lireFluxId,
  lireLivraisonId,
  lireLotId,
  lireRetourId,
  lireSiren,
  type RetourId,
  type Siren,
} from '../../metier/identifiants.ts';

/** Identifiers of the path. One that has not even the shape answers as one that does not exist. */

export function parametre(requete: FastifyRequest, nom: string): string {
  return (requete.params as Readonly<Record<string, string>>)[nom] ?? '';
}

export function fluxId(requete: FastifyRequest): FluxId {
  const texte = parametre(requete, 'id');
  const id = lireFluxId(texte.toLowerCase());
  if (id === undefined) throw erreurNoyau('VGM-NOY-003', { flux: texte.slice(0, 80) });
  return id;
}

export function retourId(requete: FastifyRequest): RetourId {
  const texte = parametre(requete, 'id');
  const id = lireRetourId(texte.toLowerCase());
  if (id === undefined) throw erreurGestes('VGM-GES-002', { retour: texte.slice(0, 80) });
  return id;
}

export function livraisonId(requete: FastifyRequest): LivraisonId {
  const texte = parametre(requete, 'id');
  const id = lireLivraisonId(texte.toLowerCase());
  if (id === undefined) throw erreurGestes('VGM-GES-008', { livraison: texte.slice(0, 80) });
  return id;
}

export function lotId(requete: FastifyRequest): LotId {
  const texte = parametre(requete, 'id');
  const id = lireLotId(texte.toLowerCase());
  if (id === undefined) throw erreurLot('VGM-LOT-008', { lot: texte.slice(0, 80) });
  return id;
}

export function sirenDe(requete: FastifyRequest): Siren {
  const texte = parametre(requete, 'siren');
  const siren = lireSiren(texte);
  if (siren === undefined) {
    throw erreurApi('VGM-API-003', {
      problemes: `« ${texte.slice(0, 80)} » n’est pas un SIREN (neuf chiffres).`,
    });
  }
  return siren;
}

/** Rank of a piece in its flux, from 0. */
export function rangPiece(requete: FastifyRequest): number {
  const texte = parametre(requete, 'rang');
  if (/^[0-9]{1,6}$/.test(texte)) return Number(texte);
  throw erreurApi('VGM-API-003', { problemes: 'le rang d’une pièce est un nombre, compté à partir de 0.' });
}
