"""What a text names: ingredients of a recipe, and what a printed label says about allergens."""
